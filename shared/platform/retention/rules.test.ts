import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { defineRecord, type RecordKind } from '../records/index.ts';
import { assertFit, rulesOf } from './rules.ts';

const Thing = z.strictObject({ isDone: z.boolean() });
const kind = defineRecord<z.infer<typeof Thing>>({
  name: 'test.thing',
  prefix: 'thg',
  home: 'own',
  schema: Thing,
  indexed: () => ({}),
  readPermission: 'test.thing:read',
  retention: { isOver: ({ isDone }) => isDone, usualDays: 3650, leastDays: 365, mostDays: 10_000 },
}) as RecordKind;
const eternal: RecordKind = { ...kind, name: 'test.eternal', retention: undefined };
const kinds = [kind, eternal];

describe('retention', () => {
  test('is what is usual until a tenant chooses, and never beyond the bounds of the kind', () => {
    const days = (chosen?: number) =>
      rulesOf(kinds, chosen === undefined ? undefined : { hold: false, days: { 'test.thing': chosen } }).map(
        rule => [rule.kind.name, rule.days],
      );
    assert.deepEqual(days(), [['test.thing', 3650]]);
    assert.deepEqual(days(700), [['test.thing', 700]]);
    assert.deepEqual(days(1), [['test.thing', 365]]);
    assert.deepEqual(days(99_999), [['test.thing', 10_000]]);
  });

  test('is refused beyond the bounds, and for kinds that have none, with a pointer to each', () => {
    assertFit(kinds, { hold: true, days: { 'test.thing': 365 } });
    assert.throws(
      () => assertFit(kinds, { hold: false, days: { 'test.thing': 364, 'test.eternal': 700, nothing: 700 } }),
      (error: { code: string; data: { errors: { pointer: string; code: string }[] } }) => {
        assert.equal(error.code, 'platform.retention_unfit');
        assert.deepEqual(
          error.data.errors.map(({ pointer, code }) => [pointer, code]),
          [
            ['#/retention/days/test.thing', 'out_of_bounds'],
            ['#/retention/days/test.eternal', 'unknown_kind'],
            ['#/retention/days/nothing', 'unknown_kind'],
          ],
        );
        return true;
      },
    );
  });
});
