import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvOf } from './csv.ts';

test('quotes, commas and line ends are quoted, and rows end with CRLF', () => {
  assert.equal(csvOf([['a', 'b,c', 'd"e', 'f\ng', 1, null]]), 'a,"b,c","d""e","f\ng",1,\r\n');
});

for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u200b=1'])
  test(`${JSON.stringify(text)} is no formula any more`, () => {
    const cell = csvOf([[text]]).replace(/\r\n$/, '');
    assert.match(cell, /^"?'/);
  });

test('what is written is read back, but for the apostrophe before formulas', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 4 })), rows => {
      const guarded = rows.map(row => row.map(text => (parse(csvOf([[text]]))[0] ?? [''])[0] ?? ''));
      assert.deepEqual(parse(csvOf(rows)), guarded);
      for (const [index, row] of rows.entries())
        for (const [at, text] of row.entries())
          assert.ok([text, `'${text}`].includes(guarded[index]?.[at] ?? ''));
    }),
  );
});

/** A reader of RFC 4180, for the test alone. */
function parse(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  for (let at = 0, quoted = false; at < csv.length; at += 1) {
    const letter = csv[at];
    if (quoted && letter === '"' && csv[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === ',') row = [...row, cell];
    else if (!quoted && letter === '\r') {
      rows.push([...row, cell]);
      row = [];
      at += 1;
    } else cell += letter;
    if (!quoted && (letter === ',' || letter === '\r')) cell = '';
  }
  return rows;
}
