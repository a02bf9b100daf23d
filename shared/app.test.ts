import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeApp } from './app.ts';
import { formatMessage, languages } from './kernel/languages/index.ts';

const { modules } = makeApp({ assetsFolder: '', version: '1' });

/** The places of an ICU message: `{limit}`, `{count, plural, …}`. */
function placesOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)[},]/g)].map(([, name]) => name ?? ''))].sort();
}

describe('the texts of every module', () => {
  for (const { name, faults, wordings, fieldWordings, permissions, permissionWordings } of modules) {
    for (const language of languages) {
      test(`${name} says each of its refusals in ${language}, and nothing else`, () => {
        assert.deepEqual(Object.keys(wordings[language]).sort(), Object.keys(faults).sort());
      });

      test(`${name} says them in ${language} with the data that English names`, () => {
        for (const [code, [title, detail]] of Object.entries(wordings[language])) {
          assert.ok(title.trim() !== '' && detail.trim() !== '', code);
          assert.deepEqual(placesOf(detail), placesOf(wordings.en[code]?.[1] ?? ''), code);
          const filled = formatMessage(
            language,
            detail,
            Object.fromEntries(placesOf(detail).map(place => [place, 7])),
          );
          assert.doesNotMatch(filled, /[{}]/, code);
        }
      });
    }

    test(`${name} says of each permission what it lets somebody do, in every language`, () => {
      for (const language of languages)
        assert.deepEqual(Object.keys(permissionWordings[language]).sort(), Object.keys(permissions).sort());
      for (const [permission, text] of Object.entries(permissionWordings.fa))
        assert.match(text, /\p{Script=Arabic}/u, permission);
    });

    test(`${name} says the same of rejected fields in every language`, () => {
      for (const language of languages) {
        assert.deepEqual(Object.keys(fieldWordings[language]).sort(), Object.keys(fieldWordings.en).sort());
        for (const [code, text] of Object.entries(fieldWordings[language])) {
          const places = placesOf(text);
          assert.deepEqual(places, placesOf(fieldWordings.en[code] ?? ''), code);
          const filled = formatMessage(language, text, Object.fromEntries(places.map(place => [place, 7])));
          assert.doesNotMatch(filled, /[{}]/, code);
        }
      }
      for (const [code, text] of Object.entries(fieldWordings.fa))
        assert.match(text, /\p{Script=Arabic}/u, code);
    });

    test(`${name} says nothing in Persian that is still English`, () => {
      for (const [code, texts] of Object.entries(wordings.fa)) {
        for (const text of texts) assert.match(text, /\p{Script=Arabic}/u, code);
      }
    });
  }
});
