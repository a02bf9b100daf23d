import type { Answer } from './client.ts';

/** The answer's body when it has the status that a client relies on; else an error that says what came. */
export function expectStatus(answer: Answer, status: number, what: string): Answer['body'] {
  if (answer.status === status) return answer.body;
  const { code, detail, errors } = answer.body ?? {};
  const said = [code, detail, errors === undefined ? undefined : JSON.stringify(errors)]
    .filter(Boolean)
    .join(' — ');
  throw new Error(`${what}: expected ${status}, was answered ${answer.status} ${said}`);
}

/** Stops the demonstration when something is not as it should be. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`not as it should be: ${what}`);
}

/** Between two questions. */
const PAUSE_MILLISECONDS = 50;

/**
 * Asks until the answer suits, at most for so long. Where a suitable answer stays, the pause may grow to `longest`, a tenth of what
 * was waited: whoever waits for long asks no more than whoever waits for a moment.
 */
export async function until<T>(
  ask: () => Promise<T>,
  suits: (value: T) => boolean,
  milliseconds: number,
  what: string,
  longest = PAUSE_MILLISECONDS,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const value = await ask();
    if (suits(value)) return value;
    const waited = performance.now() - start;
    if (waited > milliseconds) throw new Error(`${what}: not within ${milliseconds} ms`);
    const pause = Math.min(longest, Math.max(PAUSE_MILLISECONDS, waited / 10));
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}
