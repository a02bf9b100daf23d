import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type LoopOrder = {
  readonly documents: readonly string[];
  readonly tagged: boolean;
  readonly seconds: number;
};
export type LoopReport = {
  readonly perMinute: number;
  /** Milliseconds of processor time for each document, of Node and of the browser. */
  readonly processor: number;
};

/** Prints the documents round and round in a bare browser with two pages. */
export async function printInLoop(order: LoopOrder): Promise<LoopReport> {
  const child = fork(join(import.meta.dirname, 'chromium-process.ts'), { stdio: 'inherit' });
  const exited = once(child, 'exit');
  child.send(order);
  const answer = once(child, 'message').then(([message]) => message as LoopReport); // chromium-process.ts sends this
  const report = await Promise.race([
    answer,
    exited.then(([code]) => Promise.reject(new Error(`the printing process ended with code ${code}`))),
  ]);
  await exited;
  return report;
}
