import { searchForm } from '../../kernel/languages/index.ts';

/** A text that a record is found by. Personal ones are indexed under the tenant's key only. */
export type Searchable = { readonly text: string | undefined; readonly personal?: boolean };

/** Hides a token of a personal text from whoever does not hold the tenant's key. */
export type Blind = (token: string) => string;

/** What a search asks of a record's tokens, for one word: all of one of these lists. */
export type WordSearch = readonly (readonly string[])[];

/**
 * Each token is an index entry and so a part of every write: 0.16 request units when a record is made, 0.3 when it is
 * replaced. So texts are indexed in layers: the first ones, which matter most, with all that finds them, typos too; then every
 * other word by its beginning, as one token; then as many of those as fit by their parts.
 */
export const MOST_TOKENS = 256;
/** The most that the first words take for themselves with typos and all. */
const MOST_FORGIVING = 64;
const MOST_WORDS = 6;
const MOST_LETTERS = 24;
/** One letter more, less, other or out of turn is forgiven in the beginning of a word; what follows is not looked at. */
const FORGIVEN = 7;
const FORGIVEN_FROM = 4;

/**
 * The tokens of a record's texts: each word's first two letters; every three letters of it in a row, for parts of words; and
 * its beginning with each letter left out once, for typos (words that differ in one place share one of these).
 */
export function tokensOf(texts: readonly Searchable[], blind: Blind): readonly string[] {
  const words = texts.flatMap(({ text = '', personal = false }) =>
    wordsOf(text).map(word => ({ word, hide: personal ? blind : (token: string) => token })),
  );
  const tokens = new Set<string>();
  const layers = [
    { most: MOST_FORGIVING, of: everythingOf },
    { most: MOST_TOKENS, of: wholeOf },
    { most: MOST_TOKENS, of: partsOf },
  ];
  for (const { most, of } of layers)
    for (const { word, hide } of words)
      for (const token of of(word)) {
        if (tokens.size >= most) break;
        tokens.add(hide(token));
      }
  return [...tokens];
}

/**
 * What the words of a search ask for; each word must be found. `blind` is given where records have personal texts, too.
 * Single letters and words beyond the sixth are not looked at.
 */
export function searchOf(text: string, blind: Blind | undefined): readonly WordSearch[] {
  return wordsOf(text)
    .slice(0, MOST_WORDS)
    .map(word => {
      const exact = word.length === 2 ? [beginningOf(word)] : threesOf(word);
      const ways = [exact, ...mistypings(word).map(token => [token])];
      return blind === undefined ? ways : [...ways, ...ways.map(way => way.map(blind))];
    });
}

function wordsOf(text: string): readonly string[] {
  const words = searchForm(text)
    .split(' ')
    .map(word => word.slice(0, MOST_LETTERS))
    .filter(word => word.length >= 2);
  return [...new Set(words)];
}

function everythingOf(word: string): readonly string[] {
  return [...partsOf(word), ...mistypings(word)];
}

function partsOf(word: string): readonly string[] {
  return [beginningOf(word), ...threesOf(word)];
}

/** What finds a word that is typed out: its beginning as one token; words that have none such by their parts. */
function wholeOf(word: string): readonly string[] {
  const [whole] = mistypings(word);
  return whole === undefined ? partsOf(word) : [whole];
}

function beginningOf(word: string): string {
  return `^${word.slice(0, 2)}`;
}

function threesOf(word: string): readonly string[] {
  return Array.from({ length: Math.max(0, word.length - 2) }, (_, index) => word.slice(index, index + 3));
}

/** The beginning of a word, whole and with each of its letters left out. Numbers are not mistyped but other numbers. */
function mistypings(word: string): readonly string[] {
  if (word.length < FORGIVEN_FROM || /\p{N}/u.test(word)) return [];
  const beginning = word.slice(0, FORGIVEN);
  const without = Array.from(
    beginning,
    (_, index) => `~${beginning.slice(0, index)}${beginning.slice(index + 1)}`,
  );
  return [...new Set([`~${beginning}`, ...without])];
}
