import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withMembersOf } from './binding-data.ts';

const metadata = { MessageId: { string: 'm' }, DeliveryCount: { json: '1' } };

test('members of a JSON body stand over the metadata of their name, in any case, and beside it', () => {
  const body = {
    messageId: 'other',
    deliverycount: 9,
    order: { at: '2026-11-25T10:00:00Z' },
    lines: [1],
    none: null,
  };
  assert.deepEqual(withMembersOf(JSON.stringify(body), metadata), {
    MessageId: { string: 'other' },
    DeliveryCount: { string: '9' },
    order: { json: '{"at":"2026-11-25T10:00:00Z"}' },
  });
});

test('numbers, booleans and dates become the texts of .NET', () => {
  const text =
    '{"a":-0,"b":1.50,"c":1e16,"d":1e21,"e":0.00012,"f":0.0000012,"g":true,"h":"2026-11-25T23:30:00.5-02:00","i":"2026-13-25T23:30:00"}';
  const values = Object.values(withMembersOf(text, {})).map(({ string }) => string);
  assert.deepEqual(values, [
    '0',
    '1.5',
    '1E+16',
    '1E+21',
    '0.00012',
    '1.2E-06',
    'True',
    '11/26/2026 01:30:00',
    '2026-13-25T23:30:00',
  ]);
});

test('a body that is no JSON object leaves the metadata alone', () => {
  for (const text of [undefined, '', '[{"messageId":"x"}]', '{"messageId":', 'x', '"{}"'])
    assert.deepEqual(withMembersOf(text, metadata), metadata);
  assert.deepEqual(Object.keys(withMembersOf('{"__proto__":"x"}', {})), ['__proto__']);
});
