import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { commonPasswords, passwordProblem } from './password-rules.ts';

const person = {
  name: 'Helen Marchetti',
  email: 'helen.m@northgate.example',
  tenant: ['Northgate Calibration', 'northgate'],
  hasMfa: false,
};
let common: ReadonlySet<string>;

before(async () => {
  common = await commonPasswords();
  assert.ok(common.size > 40_000);
});

function codeOf(password: string, hasMfa = false): string | undefined {
  return passwordProblem(password, { ...person, hasMfa }, common)?.code;
}

describe('a password is refused', () => {
  test('when it is shorter than 15 characters, or 12 with a second factor', () => {
    assert.equal(codeOf('violet kettle!'), 'platform.password_short');
    assert.equal(codeOf('violet kettle!', true), undefined);
    assert.equal(codeOf('violet kett', true), 'platform.password_short');
    assert.equal(codeOf('violet kettles!'), undefined);
  });

  test('counted in characters, not in bytes or halves of them', () => {
    assert.equal(codeOf('گذرواژهٔ بلند من است'), undefined);
    assert.equal(codeOf('😀😃😄😁😆😅😂🤣'), 'platform.password_short');
  });

  test('when it is longer than 256', () => {
    assert.equal(codeOf('violet kettle '.repeat(19)), 'platform.password_long');
  });

  test('when it is all digits, of any script, whatever is between them', () => {
    for (const password of [
      '123948571029384',
      '0912 345 67 89 000',
      '۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵',
      '2026-11-25 2026-11-26',
    ])
      assert.equal(codeOf(password), 'platform.password_digits', password);
  });

  test('when it is common, repeated, made of two common ones, or dressed up', () => {
    for (const password of [
      'qwertyuiopasdfghjkl',
      'aaaaaaaaaaaaaaaaaaaa',
      'iloveyouiloveyou',
      'passwordsunshine',
      'password12345678!',
      'abcabcabcabcabcabc',
      '!!!!password!!!!!!!',
    ])
      assert.equal(codeOf(password), 'platform.password_common', password);
  });

  test('when little but name, address and tenant is in it', () => {
    for (const password of ['Helen.Marchetti.2026', 'northgate-calibration', 'helen@northgate-2026'])
      assert.equal(codeOf(password), 'platform.password_personal', password);
    assert.equal(codeOf('helen keeps nine bees'), undefined);
  });
});

test('a long random password is never refused', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...'bdfghjklmnpqrstvwxz'),
    minLength: 24,
    maxLength: 40,
  });
  fc.assert(
    fc.property(letters, password => new Set(password).size < 8 || codeOf(password) === undefined),
    { numRuns: 300 },
  );
});
