import type { Language } from './language.ts';

const PERSIAN_ZERO = 0x06f0;
const ARABIC_ZERO = 0x0660;
const PERSIAN_OR_ARABIC = /[\u06F0-\u06F9\u0660-\u0669]/g;

/** Persian (U+06F0…) and Arabic-Indic (U+0660…) digits as 0 to 9; everything else stays. */
export function latinDigits(text: string): string {
  return text.replace(PERSIAN_OR_ARABIC, digit => {
    const code = digit.charCodeAt(0);
    return String(code - (code >= PERSIAN_ZERO ? PERSIAN_ZERO : ARABIC_ZERO));
  });
}

/** The digits of a text as the language writes them, for codes and dates; numbers go through `formatDecimal`. */
export function nativeDigits(language: Language, text: string): string {
  if (language !== 'fa') return text;
  return text.replace(/[0-9]/g, digit => String.fromCharCode(PERSIAN_ZERO + Number(digit)));
}
