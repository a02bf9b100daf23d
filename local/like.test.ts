import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { likeTest } from './like.ts';

/** What LIKE means, tried out in every way. */
function oracle(pattern: readonly string[], text: readonly string[], escapeBy: string): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === escapeBy) {
    const [literal, ...after] = rest;
    if (literal === undefined) return text.length === 0;
    return text[0] === literal && oracle(after, text.slice(1), escapeBy);
  }
  if (first === '%')
    return oracle(rest, text, escapeBy) || (text.length > 0 && oracle(pattern, text.slice(1), escapeBy));
  if (text.length === 0 || (first !== '_' && first !== text[0])) return false;
  return oracle(rest, text.slice(1), escapeBy);
}

test('LIKE takes what its definition takes, escapes and characters of two units included', () => {
  const letters = (more: string): fc.Arbitrary<string[]> =>
    fc.array(fc.constantFrom(...'ab𝄞\n', ...more), { maxLength: 8 });
  fc.assert(
    fc.property(letters('%%_!'), letters('%_!'), (pattern, text) => {
      const found = likeTest(pattern.join(''), { escapeBy: '!' })(text.join(''));
      assert.equal(found, oracle(pattern, text, '!'));
    }),
    { numRuns: 5000 },
  );
});

test('sets are of one character, by range or by what they leave out, where the dialect has them', () => {
  const like = (pattern: string, text: string): boolean => likeTest(pattern, { sets: true })(text);
  assert.equal(like('[a-c]_', 'bz'), true);
  assert.equal(like('%[^a-c]', 'xb'), false);
  assert.equal(like('%[^a-c]', 'xd'), true);
  assert.equal(like('[z-a]', 'b'), false);
  assert.equal(like('a[]', 'a[]'), true);
  assert.equal(like('[𝄞x]', '𝄞'), true);
  assert.equal(likeTest('[ab]')('a'), false);
  assert.equal(likeTest('[ab]')('[ab]'), true);
});

test('a pattern of many wildcards is done with at once', () => {
  // A matcher that goes back to each of them would take longer than there is time.
  const like = likeTest(`${'%a'.repeat(40)}%b`);
  assert.equal(like('a'.repeat(5000)), false);
  assert.equal(like(`${'a'.repeat(5000)}b`), true);
});
