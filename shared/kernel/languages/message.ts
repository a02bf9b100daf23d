import { IntlMessageFormat } from 'intl-messageformat';
import { formatDay, formatInstant } from './dates.ts';
import { nativeDigits } from './digits.ts';
import { type Language, scripts } from './language.ts';

/** What fills the places of a message. Amounts that must stay exact are decimals as text, formatted before. */
export type MessageData = Readonly<Record<string, unknown>>;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const KEPT_MOST = 2000;
type Compiled = {
  readonly message: IntlMessageFormat;
  /** The places of `select` and `plural`, whose data is compared as it is. */
  readonly chosenBy: ReadonlySet<string>;
};
const compiled = new Map<string, Compiled>();

/**
 * An ICU message in a language: `{name}`, `{count, plural, one {# row} other {# rows}}`, `{kind, select, …}`.
 * In languages written from right to left each text that is filled in is isolated (Unicode UAX #9), so that a
 * serial number does not turn the sentence around it. A place without data shows its name.
 */
export function formatMessage(language: Language, text: string, data: MessageData = {}): string {
  if (!text.includes('{')) return text;
  const { message, chosenBy } = messageOf(language, text);
  const isRtl = scripts[language].direction === 'rtl';
  const fill = (value: unknown, name: string): string | number =>
    chosenBy.has(name) ? asIs(value) : isolated(native(language, value), isRtl && typeof value !== 'number');
  const filled = new Proxy(data, {
    get: (source, name: string) => fill(source[name] ?? `{${name}}`, name),
    has: () => true,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  });
  return String(message.format(filled as Record<string, string>)); // values are texts and numbers; see fill
}

function messageOf(language: Language, text: string): Compiled {
  const key = `${language}:${text}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const message = new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
  const made = {
    message,
    chosenBy: new Set([...text.matchAll(/\{(\w+),/g)].map(([, name]) => name ?? '')),
  };
  if (compiled.size < KEPT_MOST) compiled.set(key, made);
  return made;
}

function asIs(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value);
}

function isolated(text: string, isIsolated: boolean): string {
  return isIsolated ? `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}` : text;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** A number, a day or an instant as the language writes it; numbers here count or name something and take no separators. */
function native(language: Language, value: unknown): string {
  if (Array.isArray(value)) return value.map(part => native(language, part)).join(', ');
  if (typeof value === 'number') {
    const digits = nativeDigits(language, String(value));
    return language === 'fa' ? digits.replace('.', '٫') : digits;
  }
  const text = String(value);
  if (scripts[language].calendar === 'gregorian') return text;
  if (DAY.test(text)) return formatDay(language, text);
  return INSTANT.test(text) ? `${formatInstant(language, new Date(text), 'UTC')} UTC` : text;
}
