import type { ZodType } from 'zod';
import { AppError, secondsAfter } from '../../kernel/index.ts';
import type { Messenger } from './messenger.ts';

/** A message as a queue trigger hands it over. */
export type Incoming = {
  readonly queue: string;
  readonly messageId: string;
  readonly body: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
};

export type MessageHandlerTools = {
  readonly messenger: Messenger;
  readonly now: () => Date;
  readonly log: (entry: {
    readonly queue: string;
    readonly messageId: string;
    readonly outcome: 'done' | 'refused' | 'later' | 'exhausted' | 'bug';
    readonly error: unknown;
  }) => void;
};

const ATTEMPT = 'attempt';
/** Growing delays in seconds; the last one repeats. */
const DELAYS = [1, 2, 5, 15, 30, 60, 120, 300] as const;
/** After this many copies, about an hour, the message goes to the dead letters. */
const MOST_ATTEMPTS = 18;

/**
 * The edge of every queue. A fault that says `later` sends a scheduled copy and completes this message: throwing
 * would bring it back at once and burn its deliveries within seconds (Azure/azure-sdk-for-net#46125). `never`
 * completes it; anything that is not a fault is thrown, so that the host abandons the message, and so is a `later` that
 * came too often: what was asked for is still open, and the dead letters show it.
 */
export async function handleMessage<T>(
  tools: MessageHandlerTools,
  message: Incoming,
  schema: ZodType<T>,
  work: (body: T, attempt: { readonly count: number; readonly most: number }) => Promise<void>,
): Promise<void> {
  const { queue, messageId } = message;
  const attempt = Number(message.properties[ATTEMPT] ?? 0);
  try {
    await work(schema.parse(message.body), { count: attempt, most: MOST_ATTEMPTS });
    tools.log({ queue, messageId, outcome: 'done', error: undefined });
  } catch (error) {
    const outcome = outcomeOf(error, attempt);
    if (outcome === 'later') await sendCopy(tools, message, attempt + 1);
    tools.log({ queue, messageId, outcome, error });
    if (outcome === 'bug' || outcome === 'exhausted') throw error;
  }
}

function outcomeOf(error: unknown, attempt: number): 'bug' | 'refused' | 'later' | 'exhausted' {
  if (!(error instanceof AppError)) return 'bug';
  if (error.fault.retry === 'never') return 'refused';
  return attempt < MOST_ATTEMPTS ? 'later' : 'exhausted';
}

async function sendCopy(tools: MessageHandlerTools, message: Incoming, attempt: number): Promise<void> {
  const delay = DELAYS[Math.min(attempt - 1, DELAYS.length - 1)] ?? 300;
  const origin = message.messageId.replace(/~\d+$/, '');
  await tools.messenger.send([
    {
      to: message.queue,
      id: `${origin}~${attempt}`,
      body: message.body,
      properties: { ...plain(message.properties), [ATTEMPT]: attempt },
      notBefore: secondsAfter(tools.now(), delay),
    },
  ]);
}

function plain(properties: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const entries = Object.entries(properties).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return Object.fromEntries(entries);
}
