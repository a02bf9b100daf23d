import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { emptyBook, isRevoked, REVOCATION_SECONDS, type Revocation, readInto } from './revocation.ts';

const NOW = 1_800_000_000;
const token = { user: 'usr_1', session: 'ses_1', version: 3, issuedAt: NOW };

function bookOf(...said: readonly Revocation[]) {
  return readInto(
    emptyBook,
    said.map(data => ({ at: NOW, data })),
    NOW,
  );
}

describe('a token is revoked', () => {
  test('with its session, and not with another', () => {
    assert.equal(isRevoked(bookOf({ session: 'ses_1' }), token), true);
    assert.equal(isRevoked(bookOf({ session: 'ses_2' }), token), false);
  });

  test('when it was issued for an older version of its user', () => {
    assert.equal(isRevoked(bookOf({ user: 'usr_1', version: 4 }), token), true);
    assert.equal(isRevoked(bookOf({ user: 'usr_1', version: 3 }), token), false);
    assert.equal(isRevoked(bookOf({ user: 'usr_2', version: 4 }), token), false);
  });

  test('by the newest word on its user, in whatever order the words come', () => {
    const book = bookOf({ user: 'usr_1', version: 5 }, { user: 'usr_1', version: 2 });
    assert.equal(isRevoked(book, { ...token, version: 4 }), true);
  });
});

test('what no token is old enough for is forgotten', () => {
  const book = bookOf({ session: 'ses_1' }, { user: 'usr_1', version: 9 });
  const later = readInto(book, [], NOW + REVOCATION_SECONDS);
  assert.deepEqual([later.sessions.size, later.users.size, later.before], [0, 0, 0]);
});

test('the book never grows beyond its bound, and nothing that was revoked comes back', () => {
  const ages = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(ages, fc.integer({ min: 1, max: 20 }), (seconds, most) => {
      const said = seconds.map(age => ({ at: NOW - age, data: { session: `ses_${age}` } }));
      const book = readInto(emptyBook, said, NOW, most);
      assert.ok(book.sessions.size <= most);
      for (const { at, data } of said)
        assert.ok(isRevoked(book, { ...token, session: data.session, issuedAt: at }), data.session);
      assert.equal(isRevoked(book, { ...token, session: 'ses_new', issuedAt: NOW + 1 }), false);
    }),
  );
});
