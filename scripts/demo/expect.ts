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

/** Asks until the answer suits, at most for so long. */
export async function until<T>(
  ask: () => Promise<T>,
  suits: (value: T) => boolean,
  milliseconds: number,
  what: string,
): Promise<T> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const value = await ask();
    if (suits(value)) return value;
    if (performance.now() > end) throw new Error(`${what}: not within ${milliseconds} ms`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
