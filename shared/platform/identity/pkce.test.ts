import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { fitsChallenge } from './pkce.ts';

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challengeOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

test('the verifier of RFC 7636, appendix B, fits its challenge and no other does', () => {
  assert.equal(fitsChallenge(verifier, challenge), true);
  assert.equal(fitsChallenge(`${verifier.slice(0, -1)}l`, challenge), false);
});

test('a verifier that is its own challenge does not fit: the method plain is not taken', () => {
  assert.equal(fitsChallenge(verifier, verifier), false);
});

test('a verifier that is too short, too long or has other signs fits nothing', () => {
  for (const text of ['', verifier.slice(0, 42), 'a'.repeat(129), `${verifier}+`])
    assert.equal(fitsChallenge(text, challengeOf(text)), false);
  for (const text of [verifier.slice(0, 43), 'a'.repeat(128)])
    assert.equal(fitsChallenge(text, challengeOf(text)), true);
});
