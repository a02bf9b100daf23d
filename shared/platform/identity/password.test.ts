import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, verifyPassword } from './password.ts';

test('a password is recognised by its hash and another one is not', async () => {
  const hash = await hashPassword('correct horse battery staple');
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await verifyPassword('correct horse battery staple', hash), true);
  assert.equal(await verifyPassword('correct horse battery stapler', hash), false);
});

test('the same password never has the same hash', async () => {
  assert.notEqual(await hashPassword('one two three four'), await hashPassword('one two three four'));
});

test('a text that is no hash belongs to no password', async () => {
  assert.equal(await verifyPassword('', ''), false);
  assert.equal(await verifyPassword('x', '$argon2id$v=19$m=1'), false);
});

test('letters that look alike are the same letters, however they were typed', async () => {
  assert.equal(
    await verifyPassword('caf\u00e9 caf\u00e9', await hashPassword('cafe\u0301 cafe\u0301')),
    true,
  );
});
