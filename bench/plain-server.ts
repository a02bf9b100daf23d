import { type ServerProcess, startServerProcess } from './child-process.ts';

/** An answer that a bare server repeats for every request. */
export type PlainAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Node's HTTP server in a process of its own, with nothing but this answer. */
export function startPlainServer(answer: PlainAnswer): Promise<ServerProcess> {
  return startServerProcess('plain-process.ts', answer);
}
