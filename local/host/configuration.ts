import { parseLogLevel } from './log-levels.ts';
import type { RpcLogLevel } from './rpc.ts';
import type { Settings } from './settings-expansion.ts';
import { parseTimeSpan } from './time-span.ts';

type Entry = { readonly path: string; readonly value: string };

const overridePrefix = /^AzureFunctionsJobHost(?:__|:)/i;

/**
 * host.json as .NET configuration sees it (`HostJsonFileConfigurationSource`): every value is text under a path, case
 * does not count, and a setting `AzureFunctionsJobHost__a__b` wins over the file. Reading collects problems by path.
 */
export class Configuration {
  readonly problems: string[] = [];
  readonly #entries = new Map<string, Entry>();
  readonly #read = new Set<string>();

  constructor(document: unknown, settings: Settings) {
    this.#add('', document);
    for (const [name, value] of Object.entries(settings)) {
      if (!overridePrefix.test(name) || value === undefined) continue;
      const path = name.replace(overridePrefix, '').replaceAll('__', '.').replaceAll(':', '.');
      this.#entries.set(path.toLowerCase(), { path, value });
    }
  }

  #add(path: string, value: unknown): void {
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value))
        this.#add(path === '' ? name : `${path}.${name}`, inner);
    } else if (path !== '' && value !== null && value !== undefined) {
      this.#entries.set(path.toLowerCase(), { path, value: String(value) });
    }
  }

  problem(path: string, text: string): void {
    this.problems.push(`host.json: ${path} ${text}`);
  }

  /** The text at a path, undefined when there is none. */
  find(path: string): string | undefined {
    this.#read.add(path.toLowerCase());
    return this.#entries.get(path.toLowerCase())?.value;
  }

  /** The values below a path by the rest of theirs. */
  below(path: string): Map<string, string> {
    const prefix = `${path.toLowerCase()}.`;
    const found = new Map<string, string>();
    for (const [key, entry] of this.#entries) {
      if (!key.startsWith(prefix)) continue;
      this.#read.add(key);
      found.set(entry.path.slice(prefix.length), entry.value);
    }
    return found;
  }

  /** Paths that nobody has read and that do not lie below one of the given. */
  unknown(expected: readonly string[]): string[] {
    const prefixes = expected.map(path => path.toLowerCase());
    const isExpected = (key: string): boolean =>
      prefixes.some(prefix => key === prefix || key.startsWith(`${prefix}.`));
    return [...this.#entries]
      .filter(([key]) => !this.#read.has(key) && !isExpected(key))
      .map(([, entry]) => entry.path);
  }

  flag(path: string, fallback: boolean): boolean {
    const value = this.find(path)?.trim().toLowerCase();
    if (value === undefined) return fallback;
    if (value !== 'true' && value !== 'false') this.problem(path, 'must be true or false');
    return value === 'true';
  }

  /** A whole number; `unlimited` allows -1. */
  count(path: string, fallback: number, least: number, unlimited = false): number {
    const value = this.find(path)?.trim();
    if (value === undefined) return fallback;
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least || (unlimited && number === -1)) return number;
    const besides = unlimited ? ', or -1 for no limit' : '';
    this.problem(path, `must be a whole number of at least ${least}${besides}`);
    return fallback;
  }

  /** Milliseconds of a duration within bounds, which the message names by `range`. */
  duration(
    path: string,
    fallback: number,
    isAllowed: (milliseconds: number) => boolean = milliseconds => milliseconds >= 0,
    range = 'must be a duration such as "00:05:00"',
  ): number {
    const value = this.find(path);
    if (value === undefined) return fallback;
    const milliseconds = parseTimeSpan(value);
    if (milliseconds !== undefined && isAllowed(milliseconds)) return milliseconds;
    this.problem(path, milliseconds === undefined ? 'must be a duration such as "00:05:00"' : range);
    return fallback;
  }

  /** One of some words, in their own spelling whatever the case. */
  choice<T extends string>(path: string, words: readonly T[], fallback: T): T {
    const value = this.find(path)?.trim().toLowerCase();
    if (value === undefined) return fallback;
    const word = words.find(known => known.toLowerCase() === value);
    if (word === undefined) this.problem(path, `must be one of ${words.join(', ')}`);
    return word ?? fallback;
  }

  /** The levels of log categories below a path. */
  levels(path: string): Map<string, RpcLogLevel> {
    const levels = new Map<string, RpcLogLevel>();
    for (const [category, text] of this.below(path)) {
      const level = parseLogLevel(text);
      if (level === undefined)
        this.problem(
          `${path}.${category}`,
          'must be one of Trace, Debug, Information, Warning, Error, Critical, None',
        );
      else levels.set(category, level);
    }
    return levels;
  }
}
