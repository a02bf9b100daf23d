export { emailForm, phoneForm } from './contact-forms.ts';
export { formatDay, formatInstant, parseDay } from './dates.ts';
export { formatDecimal, parseDecimal } from './decimals.ts';
export { latinDigits, nativeDigits } from './digits.ts';
export { fromJalali, type JalaliDate, toJalali } from './jalali.ts';
export {
  type Language,
  languageOf,
  languages,
  negotiateLanguage,
  scripts,
} from './language.ts';
export { formatMessage, type MessageData } from './message.ts';
export { searchForm } from './search-form.ts';
