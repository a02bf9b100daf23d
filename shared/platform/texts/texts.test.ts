import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lineText, optionalLine, proseText } from './index.ts';

const UNPRINTABLE = [
  'a\u0000b',
  'a\r\nBcc: x@y.example',
  'Dr\u202Enaitsirhc',
  'a\u2066b',
  '\u0007',
  'a\u007fb',
  'a\u0085b',
];

describe('What people write', () => {
  test('holds no control characters and no marks of direction', () => {
    for (const text of UNPRINTABLE)
      for (const schema of [lineText(200), proseText(200), optionalLine(200)]) {
        const { error } = schema.safeParse(text);
        assert.deepEqual(error?.issues[0]?.path, [], JSON.stringify(text));
      }
  });

  test('is one line where it is a name, and may be several where it is prose', () => {
    assert.equal(lineText(200).safeParse('a\nb').success, false);
    assert.equal(proseText(200).safeParse('a\nb').success, true);
    for (const text of ['علی‌رضا', 'Ångström-Müller', "O'Neil", '李', '👩‍🔬'])
      assert.equal(lineText(200).parse(` ${text} `), text);
  });

  test('has its length within bounds, once it is trimmed', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ a-z]{0,12}$/), text => {
        const { length } = text.trim();
        assert.equal(lineText(5).safeParse(text).success, length >= 1 && length <= 5);
        assert.equal(optionalLine(5).safeParse(text).success, length <= 5);
      }),
    );
  });
});
