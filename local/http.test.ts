import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { answering, decodedPath, requestUrl } from './http.ts';

const asked = (url: string, host: string): IncomingMessage => ({ url, headers: { host } }) as IncomingMessage;

test('an error that nobody foresaw is a 500, told on stderr, and the server goes on', async t => {
  const told = t.mock.method(process.stderr, 'write', () => true);
  const server = createServer(
    answering('demo', async ({ url }, response) => {
      if (url === '/late') await Promise.reject(new TypeError('a surprise'));
      if (url === '/begun') response.write('half of it');
      if (url !== '/fine') throw new TypeError('a surprise');
      response.end('fine');
    }),
  ).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  for (const path of ['/now?secret=1', '/late']) assert.equal((await ask(path)).status, 500);
  await assert.rejects(ask('/begun').then(response => response.text()));
  assert.equal(await (await ask('/fine')).text(), 'fine');
  const lines = told.mock.calls.map(({ arguments: [line] }) => String(line));
  assert.match(lines[0] ?? '', /^demo: GET \/now: TypeError: a surprise\n/);
  assert.equal(lines.length, 3);
});

test('a listener that throws at once is no different', async t => {
  t.mock.method(process.stderr, 'write', () => true);
  const server = createServer(
    answering('demo', () => {
      throw new TypeError('a surprise');
    }),
  ).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 500);
});

test('a target is a path however many slashes it begins with, unless it is a whole address', () => {
  assert.equal(requestUrl(asked('//', 'localhost:1'), 'http')?.href, 'http://localhost:1//');
  assert.equal(requestUrl(asked('//[?a=1', '[::1]'), 'https')?.search, '?a=1');
  assert.equal(requestUrl(asked('http://other/x', 'localhost'), 'https')?.href, 'http://other/x');
  for (const host of ['[', 'a/b', 'me@here', 'localhost:99999', 'a b', '%'])
    assert.equal(requestUrl(asked('/', host), 'http'), undefined, host);
  for (const url of ['*', 'work:443', 'ftp://here/'])
    assert.equal(requestUrl(asked(url, 'a'), 'http'), undefined, url);
});

test('no target, host or path throws', () => {
  const text = fc.string({ unit: 'binary-ascii' });
  fc.assert(
    fc.property(text, text, fc.boolean(), (url, host, isPath) => {
      requestUrl(asked(isPath ? `/${url}` : url, host), 'http');
      const parsed = requestUrl(asked(`/${url}`, 'localhost'), 'http');
      assert.equal(parsed?.host, 'localhost');
      decodedPath(parsed.pathname);
    }),
  );
});
