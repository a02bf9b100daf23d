import { IntlMessageFormat } from 'intl-messageformat';
import { type Language, scripts } from './language.ts';

/** What fills the places of a message. Amounts that must stay exact are decimals as text, formatted before. */
export type MessageData = Readonly<Record<string, unknown>>;

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const KEPT_MOST = 2000;
type Compiled = {
  readonly message: IntlMessageFormat;
  /** The places of `select`, whose data is compared as it is. */
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
  const filled = new Proxy(data, {
    get: (source, name: string) => shown(source[name] ?? `{${name}}`, isRtl && !chosenBy.has(name)),
    has: () => true,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  });
  return String(message.format(filled as Record<string, string>)); // values are texts and numbers; see shown
}

function messageOf(language: Language, text: string): Compiled {
  const key = `${language}:${text}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const message = new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
  const made = {
    message,
    chosenBy: new Set([...text.matchAll(/\{(\w+),\s*select\b/g)].map(([, name]) => name ?? '')),
  };
  if (compiled.size < KEPT_MOST) compiled.set(key, made);
  return made;
}

function shown(value: unknown, isolated: boolean): string | number {
  if (typeof value === 'number') return value;
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return isolated ? `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}` : text;
}
