import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isOutage } from './is-outage.ts';

const failure = (fields: object): Error => Object.assign(new Error('no'), fields);

describe('an error of an SDK', () => {
  for (const statusCode of [408, 429, 500, 502, 503, 504]) {
    test(`with status ${statusCode} is an outage`, () =>
      assert.equal(isOutage(failure({ statusCode })), true));
  }
  for (const statusCode of [400, 401, 403, 404, 409, 412]) {
    test(`with status ${statusCode} is a refusal`, () =>
      assert.equal(isOutage(failure({ statusCode })), false));
  }
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'REQUEST_SEND_ERROR', 'TimeoutError']) {
    test(`without an answer (${code}) is an outage`, () => assert.equal(isOutage(failure({ code })), true));
  }

  test('for want of a token is an outage', () => {
    assert.equal(isOutage(failure({ name: 'CredentialUnavailableError' })), true);
  });

  test('of the program itself is none', () => {
    assert.equal(isOutage(new TypeError('x is not a function')), false);
    assert.equal(isOutage(undefined), false);
  });
});
