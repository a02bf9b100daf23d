import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MOST_TOKENS, type Searchable, searchOf, tokensOf } from './search-tokens.ts';

const plain = (token: string): string => token;

function finds(text: string, search: string): boolean {
  return findsIn([{ text }], search);
}

function findsIn(texts: readonly Searchable[], search: string): boolean {
  const tokens = new Set(tokensOf(texts, plain));
  const words = searchOf(search, undefined);
  return words.length > 0 && words.every(ways => ways.some(way => way.every(token => tokens.has(token))));
}

describe('a search', () => {
  for (const [text, search] of [
    ['Digital external micrometer', 'micrometer'],
    ['Digital external micrometer', 'meter digi'],
    ['Digital external micrometer', 'micormeter'],
    ['Digital external micrometer', 'mikrometer'],
    ['Digital external micrometer', 'micrmeter'],
    ['Digital external micrometer', 'DIGITAL'],
    ['Mitutoyo 293-240-30', '293 240'],
    ['serial 71804226', '1804'],
    ['Bolt M6', 'blot'],
    ['Müller & Söhne', 'muler'],
    ['میکرومتر دیجیتال', 'ميكرومتر'],
    ['SRF-۲۰۲۶-۰۰۱', '2026'],
    ['Helvane Precision', 'he'],
    ['Meßtechnik Groß', 'messtechnik gross'],
    ['MESSTECHNIK', 'meßtechnik'],
  ] as const)
    test(`for “${search}” finds “${text}”`, () => assert.ok(finds(text, search)));

  for (const [text, search] of [
    ['Digital multimeter', 'micrometer'],
    ['Microscope', 'micrometer'],
    ['serial 71804226', '71804227'],
    ['Digital external micrometer', 'digital caliper'],
    ['Anything', '-'],
    ['Helvane', 'an'],
  ] as const)
    test(`for “${search}” does not find “${text}”`, () => assert.ok(!finds(text, search)));
});

const word = fc.stringMatching(/^[a-z]{4,7}$/);

test('one letter left out, put in, changed or swapped with its neighbour is forgiven', () => {
  fc.assert(
    fc.property(word, fc.nat(), fc.stringMatching(/^[a-z]$/), (text, pick, letter) => {
      const at = pick % text.length;
      const swapped = `${text.slice(0, at)}${text[at + 1] ?? ''}${text[at] ?? ''}${text.slice(at + 2)}`;
      const typos = [`${text.slice(0, at)}${letter}${text.slice(at + 1)}`, swapped];
      if (text.length > 4) typos.push(`${text.slice(0, at)}${text.slice(at + 1)}`);
      if (text.length < 7) typos.push(`${text.slice(0, at)}${letter}${text.slice(at)}`);
      for (const typo of typos) assert.ok(finds(text, typo), `${typo} for ${text}`);
    }),
  );
});

test('however much text there is, a record has a bounded number of tokens, the first words first', () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 400 }), text => {
      assert.ok(tokensOf([{ text }], plain).length <= MOST_TOKENS);
    }),
  );
  const first = tokensOf([{ text: 'first' }, { text: 'x'.repeat(20).concat(' ').repeat(50) }], plain);
  assert.ok(first.includes('fir'));
});

test('each of fifty people is found by either name typed out, and each of ten by a part of it', () => {
  const name = fc.stringMatching(/^[a-z]{4,12}$/);
  const people = fc.uniqueArray(fc.tuple(name, name), { minLength: 50, maxLength: 50 });
  fc.assert(
    fc.property(people, fc.nat(49), (names, pick) => {
      const texts = [{ text: 'Helvane Precision' }, ...names.map(pair => ({ text: pair.join(' ') }))];
      const [first = '', second = ''] = names[pick] ?? [];
      for (const word of [first, second]) assert.ok(findsIn(texts, word), word);
      const [early = ''] = names[pick % 10] ?? [];
      assert.ok(findsIn(texts.slice(0, 11), early.slice(1)), early.slice(1));
    }),
  );
});

test('personal texts leave only blinded tokens', () => {
  const tokens = tokensOf([{ text: 'Tess Tanner', personal: true }], token => `#${token.length}`);
  assert.ok(tokens.every(token => token.startsWith('#')));
  const [way] = searchOf('tess', token => `#${token}`)[0]?.filter(list => list[0]?.startsWith('#')) ?? [];
  assert.deepEqual(way, ['#tes', '#ess']);
});
