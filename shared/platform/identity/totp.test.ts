import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { acceptedStep, base32, isSpent, otpauthUri, stepOf, totpCode } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

describe('codes of RFC 6238, appendix B', () => {
  for (const [seconds, code] of [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ] as const) {
    test(`${code} at ${seconds} s, and its last six digits`, () => {
      const step = stepOf(new Date(seconds * 1000));
      assert.equal(totpCode(secret, step, { digits: 8 }), code);
      assert.equal(totpCode(secret, step), code.slice(-6));
    });
  }

  test('46119246 at 59 s with SHA-256, 90693936 with SHA-512', () => {
    const of = (bytes: number) => Buffer.from('1234567890'.repeat(7).slice(0, bytes));
    assert.equal(totpCode(of(32), 1, { digits: 8, algorithm: 'sha256' }), '46119246');
    assert.equal(totpCode(of(64), 1, { digits: 8, algorithm: 'sha512' }), '90693936');
  });
});

describe('a code', () => {
  const now = new Date('2026-11-25T12:00:10Z');
  const step = stepOf(now);

  test('is accepted for the step before, this one and the next', () => {
    const accepted = [-2, -1, 0, 1, 2].map(away =>
      acceptedStep(secret, totpCode(secret, step + away), now, 0),
    );
    assert.deepEqual(accepted, [undefined, step - 1, step, step + 1, undefined]);
  });

  test('is never accepted for a step that was accepted, nor for an earlier one', () => {
    assert.equal(acceptedStep(secret, totpCode(secret, step), now, step), undefined);
    assert.equal(acceptedStep(secret, totpCode(secret, step - 1), now, step), undefined);
    assert.equal(acceptedStep(secret, totpCode(secret, step + 1), now, step), step + 1);
  });

  test('is spent once its step was accepted, and no other is', () => {
    const spent = (code: string, last: number) => isSpent(secret, code, now, last);
    assert.deepEqual(
      [-1, 0, 1].map(away => spent(totpCode(secret, step + away), step)),
      [true, true, false],
    );
    assert.equal(spent(totpCode(secret, step - 2), step), false);
    assert.equal(spent('', step), false);
  });

  test('that is no code is none', () => {
    for (const text of ['', '0', '0000000', 'abcdef', '１２３４５６'])
      assert.equal(acceptedStep(secret, text, now, 0), undefined);
  });
});

test('base 32 is that of RFC 4648', () => {
  const known = [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const;
  for (const [text, encoded] of known) assert.equal(base32(Buffer.from(text)), encoded);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), bytes => base32(bytes).length === 32),
  );
});

test('the address for authenticators names issuer and account', () => {
  const uri = otpauthUri('A & B', 'tess@lab.example', secret);
  assert.equal(
    uri,
    'otpauth://totp/A%20%26%20B:tess%40lab.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%20%26%20B&algorithm=SHA1&digits=6&period=30',
  );
});
