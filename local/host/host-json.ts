import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { RpcLogLevel } from './rpc.ts';
import { StartError } from './settings-expansion.ts';

/** What of host.json this host follows. Durations are milliseconds. */
export type HostOptions = {
  readonly routePrefix: string;
  readonly functionTimeoutMilliseconds: number;
  readonly serviceBus: {
    readonly maxConcurrentCalls: number;
    readonly maxConcurrentCallsPerSession: number;
    readonly maxConcurrentSessions: number;
    readonly prefetchCount: number;
    readonly autoCompleteMessages: boolean;
    readonly maxAutoLockRenewalMilliseconds: number;
    readonly sessionIdleMilliseconds: number;
    readonly maxMessageBatchSize: number;
  };
  readonly log: { readonly app: RpcLogLevel; readonly results: RpcLogLevel };
};

const levels: readonly RpcLogLevel[] = [
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
];

/** Reads host.json; a StartError lists every field that is wrong. Defaults: learn.microsoft.com, "host.json reference". */
export function readHostJson(path: string): HostOptions {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartError([`host.json cannot be read: ${String(error)}`]);
  }
  try {
    return parseHostJson(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new StartError([`host.json is not JSON: ${error.message}`]);
    throw error;
  }
}

/** The options of an already parsed host.json. */
export function parseHostJson(document: unknown): HostOptions {
  const read = new Reader(document);
  if (read.value('version') !== '2.0') read.problem('version', 'must be "2.0"');
  const bus = 'extensions.serviceBus';
  for (const old of ['messageHandlerOptions', 'sessionHandlerOptions', 'batchOptions']) {
    if (read.value(`${bus}.${old}`) !== undefined)
      read.problem(`${bus}.${old}`, 'is the form of extension 4.x, not supported here');
  }
  const fallback = read.level('logging.logLevel.default', 'information');
  const options: HostOptions = {
    routePrefix: read.text('extensions.http.routePrefix', 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMilliseconds: read.timeout('functionTimeout', 30 * 60_000),
    serviceBus: {
      maxConcurrentCalls: read.count(`${bus}.maxConcurrentCalls`, 16 * availableParallelism(), 1),
      maxConcurrentCallsPerSession: read.count(`${bus}.maxConcurrentCallsPerSession`, 1, 1),
      maxConcurrentSessions: read.count(`${bus}.maxConcurrentSessions`, 8, 1),
      prefetchCount: read.count(`${bus}.prefetchCount`, 0, 0),
      autoCompleteMessages: read.flag(`${bus}.autoCompleteMessages`, true),
      maxAutoLockRenewalMilliseconds: read.duration(`${bus}.maxAutoLockRenewalDuration`, 5 * 60_000),
      sessionIdleMilliseconds: read.duration(`${bus}.sessionIdleTimeout`, 60_000),
      maxMessageBatchSize: read.count(`${bus}.maxMessageBatchSize`, 1000, 1),
    },
    log: {
      app: read.level('logging.logLevel.Function', fallback),
      results: read.level('logging.logLevel.Host.Results', fallback),
    },
  };
  if (read.problems.length > 0) throw new StartError(read.problems);
  return options;
}

/** Milliseconds of a .NET TimeSpan (`hh:mm:ss`, `d.hh:mm:ss`), undefined when it is none. */
export function parseTimeSpan(text: string): number | undefined {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
}

class Reader {
  readonly problems: string[] = [];
  readonly #document: unknown;

  constructor(document: unknown) {
    this.#document = document;
  }

  problem(path: string, text: string): void {
    this.problems.push(`host.json: ${path} ${text}`);
  }

  /** The value at a path of names; a name that itself has dots ("Host.Results") is found too. */
  value(path: string): unknown {
    let current: unknown = this.#document;
    let rest = path;
    while (rest !== '') {
      if (typeof current !== 'object' || current === null) return undefined;
      const entries = Object.entries(current);
      const entry = entries.find(([name]) => rest === name || rest.startsWith(`${name}.`));
      if (entry === undefined) return undefined;
      rest = rest.slice(entry[0].length + 1);
      current = entry[1];
    }
    return current;
  }

  text(path: string, fallback: string): string {
    const value = this.value(path) ?? fallback;
    if (typeof value === 'string') return value;
    this.problem(path, 'must be text');
    return fallback;
  }

  flag(path: string, fallback: boolean): boolean {
    const value = this.value(path) ?? fallback;
    if (typeof value === 'boolean') return value;
    this.problem(path, 'must be true or false');
    return fallback;
  }

  count(path: string, fallback: number, least: number): number {
    const value = this.value(path) ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
    this.problem(path, `must be a whole number of at least ${least}`);
    return fallback;
  }

  duration(path: string, fallback: number): number {
    const value = this.value(path);
    if (value === undefined) return fallback;
    const milliseconds = typeof value === 'string' ? parseTimeSpan(value) : undefined;
    if (milliseconds !== undefined) return milliseconds;
    this.problem(path, 'must be a duration such as "00:05:00"');
    return fallback;
  }

  /** As a duration; `-1` means no limit. */
  timeout(path: string, fallback: number): number {
    const value = this.value(path);
    return value === '-1' || value === -1 ? Number.POSITIVE_INFINITY : this.duration(path, fallback);
  }

  level(path: string, fallback: RpcLogLevel): RpcLogLevel {
    const value = this.value(path) ?? fallback;
    const level = levels.find(known => typeof value === 'string' && known === value.toLowerCase());
    if (level !== undefined) return level;
    this.problem(path, `must be one of ${levels.join(', ')}`);
    return fallback;
  }
}
