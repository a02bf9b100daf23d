import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A Functions host that runs one app, timed from the moment its process is made. */
export type HostProcess = {
  readonly url: string;
  readonly pid: number | undefined;
  /** Milliseconds until every function was registered and every trigger listened. */
  readonly readyMilliseconds: number;
  /** Milliseconds from the start until now. */
  elapsed(): number;
  /** Resolves with the first line of stderr that contains the text, whenever it was written. */
  line(text: string): Promise<string>;
  stop(): Promise<void>;
};

export type HostOptions = {
  readonly host: string;
  readonly app: string;
  readonly hostJson: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const PATIENCE_MILLISECONDS = 30_000;

/** Starts the host; rejects with what it wrote when it ends or stays silent for half a minute. */
export async function startHostProcess({ host, app, hostJson, env }: HostOptions): Promise<HostProcess> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [host, '--app', app, '--host-json', hostJson, '--port', '0', '--name', 'bench'],
    { env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines = collectLines(child);
  const url = await within(readyUrl(child), () => `the host did not start:\n${lines.all.join('\n')}`);
  return {
    url,
    pid: child.pid,
    readyMilliseconds: performance.now() - startedAt,
    elapsed: () => performance.now() - startedAt,
    line: text => within(lines.find(text), () => `no line with ${text}:\n${lines.all.join('\n')}`),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function collectLines(child: ChildProcess): { all: string[]; find(text: string): Promise<string> } {
  const all: string[] = [];
  const waiting = new Set<{ text: string; found: (line: string) => void }>();
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', line => {
      all.push(line);
      for (const { text, found } of waiting) if (line.includes(text)) found(line);
    });
  }
  return {
    all,
    find: text => {
      const known = all.find(line => line.includes(text));
      if (known !== undefined) return Promise.resolve(known);
      return new Promise(found => waiting.add({ text, found }));
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`it ended with code ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', line => {
      const url = /"HOST_BENCH_URL":"([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

async function within<T>(work: Promise<T>, describe: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('nothing within 30 s')), PATIENCE_MILLISECONDS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw new Error(describe(), { cause });
  } finally {
    clearTimeout(timer);
  }
}
