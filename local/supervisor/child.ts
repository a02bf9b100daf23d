import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

export type ChildOptions = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly readySeconds: number;
  /** Called with each line that the process writes to stderr. */
  readonly onLine?: (name: string, line: string) => void;
  /** Called when the process ends without having been asked to. */
  readonly onCrash: (name: string, report: string) => void;
};

/** A server process that has printed its ready line. */
export type Child = {
  readonly process: ChildProcess;
  readonly settings: Readonly<Record<string, string>>;
  /** Milliseconds from start to ready. */
  readonly readyMs: number;
  /** Sends the signal and waits for the end; a process that ignores SIGTERM is killed after a while. */
  end(signal: NodeJS.Signals): Promise<void>;
};

const LAST_LINES = 20;
const LAST_WORDS_MS = 250;
/** The Functions host may still be finishing what it runs. */
const PATIENCE_MS = 10_000;

/**
 * Starts a server and waits for its ready line (see ../server.ts). Rejects with the server's name and its last lines of
 * stderr when it ends or stays silent for `readySeconds`.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const startedAt = performance.now();
  // The IPC channel carries nothing: its end tells the child that its parent is gone, even after SIGKILL.
  // In a process group of its own, so that Ctrl-C reaches the supervisor only, which then ends all in order.
  const child = spawn(process.execPath, options.args, {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const lines = keepLines(child, log, options);
  const exited = endOf(child);
  let isAskedToEnd = false;
  let settings: Readonly<Record<string, string>>;
  try {
    settings = await readySettings(child, exited, options, lines);
  } catch (error) {
    child.kill('SIGKILL');
    log.end();
    throw error;
  }
  void exited.then(how => {
    log.end();
    if (!isAskedToEnd)
      options.onCrash(options.name, report(`${options.name} ended unexpectedly (${how}).`, lines, options));
  });
  return {
    process: child,
    settings,
    readyMs: Math.round(performance.now() - startedAt),
    end: async signal => {
      isAskedToEnd = true;
      child.kill(signal);
      const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await exited;
      clearTimeout(killer);
    },
  };
}

/** How the process ended, told once its last words are read: a grandchild may hold its stderr open for longer. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => {
      const how = signal ?? `code ${code}`;
      child.once('close', () => resolve(how));
      setTimeout(() => resolve(how), LAST_WORDS_MS);
    });
  });
}

/** Writes what the process says to its log and keeps the last lines for a report. */
function keepLines(child: ChildProcess, log: WriteStream, options: ChildOptions): string[] {
  const lines: string[] = [];
  if (child.stderr === null) return lines;
  createInterface({ input: child.stderr }).on('line', line => {
    log.write(`${line}\n`);
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
    options.onLine?.(options.name, line);
  });
  return lines;
}

function readySettings(
  child: ChildProcess,
  exited: Promise<string>,
  options: ChildOptions,
  lines: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve, reject) => {
    const fail = (headline: string): void => reject(new Error(report(headline, lines, options)));
    const timer = setTimeout(
      () => fail(`${options.name} was not ready within ${options.readySeconds} s.`),
      options.readySeconds * 1000,
    );
    void exited.then(how => {
      clearTimeout(timer);
      fail(`${options.name} ended before it was ready (${how}).`);
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', line => {
      const settings = parseReady(line);
      if (settings === undefined) return;
      clearTimeout(timer);
      resolve(settings);
    });
  });
}

function parseReady(line: string): Readonly<Record<string, string>> | undefined {
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message !== 'object' || message === null || !('ready' in message) || !('settings' in message))
      return undefined;
    return message.ready === true ? (message.settings as Record<string, string>) : undefined; // the contract of ../server.ts
  } catch {
    return undefined;
  }
}

function report(headline: string, lines: readonly string[], options: ChildOptions): string {
  if (lines.length === 0) return `${headline} It wrote nothing before (its log is ${options.logFile}).`;
  const where = `Its last lines (all are in ${options.logFile}):`;
  return [headline, where, ...lines.map(line => `  ${line}`)].join('\n');
}
