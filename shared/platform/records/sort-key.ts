import { searchForm } from '../../kernel/languages/index.ts';

/** What lists can be ordered by: texts as search compares them, numbers by size, and nothing before everything. */
export type SortValue = string | number | null | undefined;

/** Longer texts are ordered by their beginning. */
const MOST_LETTERS = 60;
/** Sorts before every letter and digit, so that a short value comes before a longer one that begins alike. */
const BREAK = '\t';

/**
 * One text that orders a kind's records of a tenant: `<tenant>⇥<kind>⇥<value>⇥<id>`. It is unique, so a list can go on
 * behind any row; and rows that belong together stand together in the index, so a page is read from one place however
 * many rows are around it.
 */
export function sortKey(tenant: string, kind: string, value: SortValue, id: string): string {
  return `${sortRange(tenant, kind).from}${orderedText(value)}${BREAK}${id}`;
}

/** The same for changes, which are ordered by time: `<tenant>⇥change⇥<time>⇥<id>`. */
export function timeKey(tenant: string, time: string, id: string): string {
  return `${sortRange(tenant, 'change').from}${time}${BREAK}${id}`;
}

/** Before the first and behind the last sort key of a kind. */
export function sortRange(tenant: string, kind: string): { readonly from: string; readonly to: string } {
  const place = `${tenant}${BREAK}${kind}`;
  return { from: `${place}${BREAK}`, to: `${place}\n` };
}

function orderedText(value: SortValue): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number'
    ? orderedNumber(value)
    : inAlphabet(searchForm(value)).slice(0, MOST_LETTERS);
}

/**
 * What may stand in the index of a personal text, so that lists are roughly in its order: its first letter, as search compares it.
 * Not two of them: with two, some names stand there whole.
 */
export function firstLetter(text: string): string {
  return [...searchForm(text)][0] ?? '';
}

/** In the order of the Persian alphabet, which is not that of their code points. */
const PERSIAN = 'ءابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی';
const FIRST_ARABIC_LETTER = 0x0621;

/** Letters of the Persian alphabet under code points that stand in its order; all others stay. */
function inAlphabet(text: string): string {
  return text.replace(/\p{Script=Arabic}/gu, letter => {
    const place = PERSIAN.indexOf(letter);
    return place < 0 ? letter : String.fromCharCode(FIRST_ARABIC_LETTER + place);
  });
}

/** A double as hexadecimal digits that sort as the numbers do. */
function orderedNumber(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const ordered = bits >> 63n === 1n ? ~bits & 0xffffffffffffffffn : bits | (1n << 63n);
  return ordered.toString(16).padStart(16, '0');
}
