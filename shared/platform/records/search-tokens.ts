import { searchForm } from '../../kernel/languages/index.ts';

/** A text that a record is found by. Personal ones are indexed under the tenant's key only. */
export type Searchable = { readonly text: string | undefined; readonly personal?: boolean };

/** Hides a token of a personal text from whoever does not hold the tenant's key. */
export type Blind = (token: string) => string;

/** What a search asks of a record's tokens, for one word: all of one of these lists. */
export type WordSearch = readonly (readonly string[])[];

/**
 * Each token is an index entry and so a part of every write: 0.16 request units when a record is made, 0.3 when it is
 * replaced. What does not fit is not found, so the texts that matter most come first.
 */
export const MOST_TOKENS = 64;
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
  const tokens = new Set<string>();
  for (const { text = '', personal = false } of texts) {
    for (const word of wordsOf(text)) {
      for (const token of [beginningOf(word), ...threesOf(word), ...mistypings(word)]) {
        if (tokens.size >= MOST_TOKENS) return [...tokens];
        tokens.add(personal ? blind(token) : token);
      }
    }
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
