import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerReader } from './read-answer.ts';

function statusesOf(parts: readonly string[]): number[] {
  const statuses: number[] = [];
  const read = answerReader(status => statuses.push(status));
  for (const part of parts) read(Buffer.from(part));
  return statuses;
}

test('an answer with a length ends with its last byte', () => {
  assert.deepEqual(statusesOf(['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab', 'cd']), [200]);
  assert.deepEqual(statusesOf(['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab']), []);
});

test('an answer in chunks ends with the empty chunk', () => {
  const head = 'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.deepEqual(statusesOf([`${head}2\r\nab\r\n`]), []);
  assert.deepEqual(statusesOf([`${head}2\r\nab\r\n`, '0\r\n\r\n']), [201]);
});

test('two answers in one piece are two answers', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx';
  assert.deepEqual(statusesOf([answer + answer]), [200, 200]);
});

test('an answer without a body ends with its head', () => {
  assert.deepEqual(statusesOf(['HTTP/1.1 204 No Content\r\netag: "1"\r\n\r\n']), [204]);
});
