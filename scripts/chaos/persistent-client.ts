import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Call, Client } from '../demo/client.ts';

const LONGEST = 180_000;
const PAUSE = 250;

/**
 * A client as integrators are told to write one: every POST has an Idempotency-Key, and what was not answered, or answered
 * by 429 or 503, is asked again until it is. Throws for any other 5xx.
 */
export function persistent(client: Client): Client {
  const call = async (method: string, path: string, { body, headers = {} }: Call = {}): Promise<Answer> => {
    const own = method === 'POST' ? { 'idempotency-key': randomUUID(), ...headers } : headers;
    const end = performance.now() + LONGEST;
    for (;;) {
      const answer = await client.call(method, path, { body, headers: own }).catch(unanswered);
      if (answer !== undefined && !isForLater(answer)) return certain(method, path, answer);
      if (performance.now() > end)
        throw new Error(`${method} ${path} got no answer: ${answer?.status} ${answer?.bytes}`);
      await wait(PAUSE);
    }
  };
  return {
    ...client,
    call,
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body, headers = {}) => call('POST', path, { body, headers }),
    patch: (path, body, headers = {}) => call('PATCH', path, { body, headers }),
    as: (token, password) => persistent(client.as(token, password)),
  };
}

/** The connection was refused or cut: whether anything happened is not known. */
function unanswered(): undefined {
  return undefined;
}

function isForLater({ status, body }: Answer): boolean {
  return [429, 502, 503, 504].includes(status) || body?.code === 'platform.busy';
}

function certain(method: string, path: string, answer: Answer): Answer {
  if (answer.status >= 500) throw new Error(`${method} ${path} failed: ${answer.status} ${answer.bytes}`);
  return answer;
}
