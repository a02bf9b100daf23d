import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sortKey, sortRange } from './sort-key.ts';

const key = (value: string | number | null) => sortKey('tnt', 'kind', value, 'id');

test('numbers are ordered by size', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (left, right) => {
      fc.pre(left < right);
      assert.ok(key(left) < key(right));
    }),
  );
});

test('texts are ordered as words are, whatever their case and accents, and nothing comes first', () => {
  const words = ['', 'a', 'a b', 'ab', 'Äb c', 'b', 'B 2'];
  assert.deepEqual(words.map(key).toSorted(), words.map(key));
  assert.ok(key(null) < key('a'));
  assert.equal(key('É'), key('e'));
});

test('Persian texts are ordered by their alphabet', () => {
  const words = 'بابک پارس تهران جم چابک زهره ژاله کاوه گلستان لاله نادر وحید هما یاس'.split(' ');
  assert.deepEqual(words.toSorted(new Intl.Collator('fa').compare), words);
  assert.deepEqual(words.map(key).toSorted(), words.map(key));
  assert.equal(key('علي'), key('علی'), 'as Arabic keyboards write it');
});

test('every key of a kind lies in its range, and no key of another kind or tenant does', () => {
  const { from, to } = sortRange('tnt', 'kind');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uuid(), (value, id) => {
      const own = sortKey('tnt', 'kind', value, id);
      assert.ok(from < own && own < to);
      for (const [tenant, kind] of [
        ['tnt', 'kind2'],
        ['tnt', 'kin'],
        ['tnt2', 'kind'],
        ['tn', 'kind'],
      ] as const) {
        const foreign = sortKey(tenant, kind, value, id);
        assert.ok(foreign < from || foreign > to);
      }
    }),
  );
});
