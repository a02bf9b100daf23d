import assert from 'node:assert/strict';
import type { Answer } from '../../scripts/demo/client.ts';

export type Refusal = {
  readonly status: number | readonly number[];
  readonly code?: string;
  /** The field that must be pointed at, as RFC 6901 in a fragment. */
  readonly pointer?: string;
};

/** What no answer may tell: where code stands, what it is made of, how things are stored. */
const INNER =
  /node_modules|\.[cm]?[jt]sx?:\d|\bat \w+ \(|\b\w*Error:|cosmos|azure|\bzod\b|tenantId|_etag|partition/i;

/** The answer is a problem document as `platform.md` promises, with this status, code and pointer. */
export function assertProblem(answer: Answer, path: string, expected: Refusal, what: string): void {
  const { body, headers } = answer;
  const text = answer.bytes.toString('utf8');
  const told = `${what}: ${answer.status} ${text.slice(0, 600)}`;
  const statuses = [expected.status].flat();
  assert.ok(answer.status >= 400 && answer.status < 500, told);
  assert.ok(statuses.includes(answer.status), `expected ${statuses.join(' or ')}; ${told}`);
  assert.equal(headers['content-type'], 'application/problem+json', told);
  assert.equal(body.status, answer.status, told);
  assert.equal(body.type, `/problems/${body.code}`, told);
  assert.match(body.code, /^[a-z]+\.[a-z_]+$/, told);
  assert.ok(body.title.length > 0 && body.title !== body.code, `the code has no wording; ${told}`);
  assert.doesNotMatch(body.detail, /\{\w+\}/, `the wording has gaps; ${told}`);
  assert.equal(body.instance, path, told);
  assert.ok(body.requestId.length > 0, told);
  assert.equal(headers['x-request-id'], body.requestId, told);
  assert.doesNotMatch(text, INNER, told);
  if (expected.code !== undefined) assert.equal(body.code, expected.code, told);
  for (const error of body.errors ?? []) {
    assert.notEqual(error.code, 'custom', `a rule without a code; ${told}`);
    assert.ok(
      // A pattern that is quoted has braces of its own.
      error.detail !== error.code && !/\{[a-z]+[,}]/i.test(error.detail),
      `a field error without words; ${told}`,
    );
  }
  if (expected.pointer !== undefined) assertPoints(body.errors, expected.pointer, told);
}

/** At the field itself; below the first level also at what contains it, since alternatives are judged as a whole. */
function assertPoints(errors: unknown, pointer: string, told: string): void {
  assert.ok(Array.isArray(errors), `nothing is pointed at; ${told}`);
  const pointers = errors.map((error: { pointer: string }) => error.pointer);
  const isNested = pointer.split('/').length > 2;
  const points = pointers.some(
    at => at === pointer || (isNested && at.length > 2 && pointer.startsWith(`${at}/`)),
  );
  assert.ok(points, `expected a pointer at ${pointer}; ${told}`);
}
