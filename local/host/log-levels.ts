import type { RpcLogLevel } from './rpc.ts';

const severity: Readonly<Record<RpcLogLevel, number>> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

/** The least level that is shown of a category, such as `Function.api.User` or `Host.Results`. */
export type LogFilter = (category: string) => RpcLogLevel;

/** A level by its name in host.json, where case does not count. */
export function parseLogLevel(text: string): RpcLogLevel | undefined {
  const name = text.trim().toLowerCase();
  return Object.keys(severity).find((level): level is RpcLogLevel => level === name);
}

/** Whether a level is at least as severe as the least that is shown; `none` as the least silences everything. */
export function isShown(level: RpcLogLevel, least: RpcLogLevel): boolean {
  return severity[level] >= severity[least];
}

/**
 * The filter of `logging.logLevel`: of the entries whose name the category begins with the longest wins, as in
 * Microsoft.Extensions.Logging; `default` stands for the rest.
 */
export function createLogFilter(entries: ReadonlyMap<string, RpcLogLevel>): LogFilter {
  const sorted = [...entries]
    .filter(([name]) => name.toLowerCase() !== 'default')
    .map(([name, level]) => [name.toLowerCase(), level] as const)
    .toSorted(([a], [b]) => b.length - a.length);
  const fallback =
    [...entries].find(([name]) => name.toLowerCase() === 'default')?.[1] ?? ('information' as const);
  const known = new Map<string, RpcLogLevel>();
  return category => {
    const cached = known.get(category);
    if (cached !== undefined) return cached;
    const lower = category.toLowerCase();
    const level = sorted.find(([name]) => lower.startsWith(name))?.[1] ?? fallback;
    known.set(category, level);
    return level;
  };
}
