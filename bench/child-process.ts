import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** A server of a benchmark in a process of its own. */
export type ServerProcess = {
  readonly port: number;
  readonly pid: number | undefined;
  close(): Promise<void>;
};

/** Gives one order to a process of `bench/` and returns its one answer, after its end. `env` is added to ours. */
export async function askProcess<Answer>(
  file: string,
  order: object,
  env: Environment = {},
): Promise<{ readonly answer: Answer; readonly processorMilliseconds: number }> {
  const child = fork(join(import.meta.dirname, file), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  const exited = once(child, 'exit');
  child.send(order);
  const answered = once(child, 'message').then(([message]) => message as Reply<Answer>); // see answerOrder
  const { answer, processorMilliseconds } = await Promise.race([
    answered,
    exited.then(([code]) => Promise.reject(new Error(`${file} ended with code ${code}`))),
  ]);
  await exited;
  return { answer, processorMilliseconds };
}

type Reply<Answer> = { readonly answer: Answer; readonly processorMilliseconds: number };

/** The other side of `askProcess`: does the work, answers and ends. */
export function answerOrder<Order, Answer>(work: (order: Order) => Promise<Answer>): void {
  process.once('message', (order: Order) => {
    work(order).then(
      answer => {
        const { user, system } = process.cpuUsage();
        const reply: Reply<Answer> = { answer, processorMilliseconds: (user + system) / 1000 };
        process.send?.(reply, () => process.exit(0));
      },
      error => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}

/** Starts a server of `bench/` with an order and waits until it listens. */
export async function startServerProcess(file: string, order: object): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, file), { stdio: 'inherit' });
  child.send(order);
  const [port] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${file} ended with code ${code}`))),
  ]);
  return {
    port: Number(port),
    pid: child.pid,
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The other side of `startServerProcess`: listens where the order's work says, and ends with its parent. */
export function serveOrder<Order>(listen: (order: Order) => Promise<number>): void {
  process.once('message', async (order: Order) => {
    process.send?.(await listen(order));
  });
  process.once('disconnect', () => process.exit(0));
}
