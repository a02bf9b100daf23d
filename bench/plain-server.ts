import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** An answer that a bare server repeats for every request. */
export type PlainAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type PlainServer = { readonly port: number; readonly pid: number | undefined; close(): Promise<void> };

/** Node's HTTP server in a process of its own, with nothing but this answer. */
export async function startPlainServer(answer: PlainAnswer): Promise<PlainServer> {
  const child = fork(join(import.meta.dirname, 'plain-process.ts'), { stdio: 'inherit' });
  child.send(answer);
  const [port] = await once(child, 'message');
  return {
    port: Number(port),
    pid: child.pid,
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
