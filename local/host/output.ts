import { styleText } from 'node:util';
import { isShown, type LogFilter } from './log-levels.ts';
import type { RpcLogCategory, RpcLogLevel } from './rpc.ts';

export type LogEntry = {
  readonly level: RpcLogLevel;
  readonly category: RpcLogCategory;
  readonly message: string;
  readonly invocationId?: string;
  readonly functionName?: string;
  /** What the function of the line got as its context, for hooks. */
  readonly invocationContext?: unknown;
};
export type LogSink = (entry: LogEntry) => void;

export type Outcome = {
  readonly invocationId: string;
  readonly functionName: string;
  readonly milliseconds: number;
  readonly outcome: string;
  readonly failed: boolean;
};

export type Output = {
  readonly log: LogSink;
  /** The one line that every invocation leaves. */
  finished(outcome: Outcome): void;
  /** A sentence of the host itself. */
  host(level: RpcLogLevel, message: string): void;
  flush(): void;
};

const colours: Record<RpcLogLevel, number> = {
  trace: 90,
  debug: 90,
  information: 39,
  warning: 33,
  error: 31,
  critical: 31,
  none: 39,
};
const flushMilliseconds = 20;

/**
 * Writes the host's lines, all to stderr. Lines are gathered for a few milliseconds: one write a request would
 * cost more than routing it. `filter` says what is shown: an app's lines are of category `Function.<name>.User`, the line of
 * an invocation of `Host.Results`.
 */
export function createOutput(
  name: string,
  filter: LogFilter,
  write: (text: string) => void = text => process.stderr.write(text),
  // Node's own rule: on terminals, unless NO_COLOR or FORCE_COLOR says otherwise.
  coloured = styleText('red', '.', { stream: process.stderr }) !== '.',
): Output {
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  const paint = coloured
    ? (code: number, text: string) => `\x1b[${code}m${text}\x1b[0m`
    : (_: number, text: string) => text;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (pending === '') return;
    const text = pending;
    pending = '';
    write(text);
  }
  function line(level: RpcLogLevel, text: string): void {
    pending += `${paint(90, time())} ${paint(36, name)} ${text}\n`;
    if (isShown(level, 'error')) flush();
    else timer ??= setTimeout(flush, flushMilliseconds).unref();
  }

  return {
    flush,
    log: entry => {
      if (!isShown(entry.level, leastOf(entry, filter))) return;
      const origin =
        entry.functionName === undefined
          ? ''
          : paint(90, ` ${entry.functionName} ${short(entry.invocationId)}`);
      line(entry.level, `${paint(colours[entry.level], label(entry.level))}${origin} ${entry.message}`);
    },
    finished: ({ invocationId, functionName, milliseconds, outcome, failed }) => {
      const level = failed ? 'error' : 'information';
      if (!isShown(level, filter('Host.Results'))) return;
      const mark = failed ? paint(31, '✗') : paint(32, '✓');
      line(
        'information',
        `${mark} ${functionName} ${paint(90, short(invocationId))} ${outcome} ${duration(milliseconds)}`,
      );
    },
    host: (level, message) => line(level, `${paint(colours[level], label(level))} ${message}`),
  };
}

function leastOf({ category, functionName }: LogEntry, filter: LogFilter): RpcLogLevel {
  // What @azure/functions says of its own doings stays out of the way unless it is a warning.
  if (category !== 'user') return 'warning';
  return filter(functionName === undefined ? 'Function' : `Function.${functionName}.User`);
}

// Many lines fall into one millisecond under load.
let timeAt = 0;
let timeText = '';
function time(): string {
  const now = Date.now();
  if (now !== timeAt) {
    timeAt = now;
    timeText = new Date(now).toISOString().slice(11, 23);
  }
  return timeText;
}

function label(level: RpcLogLevel): string {
  return level === 'information' ? 'info' : level === 'warning' ? 'warn' : level;
}

function short(invocationId: string | undefined): string {
  return invocationId === undefined ? '' : invocationId.slice(0, 8);
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
