import { latinDigits } from './digits.ts';

/** Letters that look or sound alike and are typed for each other, as the one that is kept. */
const LETTERS: Readonly<Record<string, string>> = {
  ي: 'ی',
  ى: 'ی',
  ئ: 'ی',
  ك: 'ک',
  ة: 'ه',
  ۀ: 'ه',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ؤ: 'و',
};
/** Letters that have no accent to lose, as they are typed by who does not have them. */
const PLAIN: Readonly<Record<string, string>> = {
  ς: 'σ',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
};
const NOT_PLAIN = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'g');
const ALIKE = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
/** Vowel marks and accents, tatweel, joiners, and the marks of direction. */
const UNSEEN = /[\p{Mn}\u0640\u200B-\u200F\u2066-\u2069\uFEFF]/gu;

/**
 * A text as search compares it: compatibility forms, accents, letter case (`ß` is `ss`) and letters that are typed for each
 * other (Arabic yeh and kaf for the Persian ones) made equal, digits Latin, anything else than letters and digits one space.
 */
export function searchForm(text: string): string {
  return (
    latinDigits(text)
      .replace(ALIKE, letter => LETTERS[letter] ?? letter)
      .normalize('NFKD')
      .replace(UNSEEN, '')
      .replace(ALIKE, letter => LETTERS[letter] ?? letter)
      // Full case folding: what has no small or no capital letter of its own meets on the way.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(NOT_PLAIN, letter => PLAIN[letter] ?? letter)
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
  );
}
