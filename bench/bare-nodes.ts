import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The least that a server of the stack can be: Node with an HTTP server that says when it listens. */
const BARE = `
  const server = require('node:http').createServer();
  server.listen(0, '127.0.0.1', () => process.stdout.write('ready\\n'));`;

/** Bare Node servers, each a process. */
export type BareNodes = {
  /** Until the last of them listened. */
  readonly milliseconds: number;
  readonly pids: readonly number[];
  close(): Promise<void>;
};

/** Starts so many at once, as the supervisor does with servers. */
export async function startBareNodes(count: number): Promise<BareNodes> {
  const startedAt = performance.now();
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ['--eval', BARE], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  await Promise.all(children.map(child => once(child.stdout, 'data')));
  return {
    milliseconds: performance.now() - startedAt,
    pids: children.flatMap(({ pid }) => pid ?? []),
    close: async () => {
      await Promise.all(children.map(end));
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
