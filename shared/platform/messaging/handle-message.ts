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
    readonly outcome: string;
    readonly error: unknown;
  }) => void;
};

const ATTEMPT = 'attempt';
/** Growing delays in seconds; the last one repeats. */
const DELAYS = [1, 2, 5, 15, 30, 60, 120, 300] as const;
/** After this many copies the refusal counts as final: about an hour. */
const MOST_ATTEMPTS = 18;

/**
 * The edge of every queue. A fault that says `later` sends a scheduled copy and completes this message: throwing
 * would bring it back at once and burn its deliveries within seconds (Azure/azure-sdk-for-net#46125). `never`
 * completes it; anything that is not a fault is thrown, so that the host abandons the message.
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
    if (!(error instanceof AppError)) {
      tools.log({ queue, messageId, outcome: 'bug', error });
      throw error;
    }
    const repeats = error.fault.retry === 'later' && attempt < MOST_ATTEMPTS;
    if (repeats) await sendCopy(tools, message, attempt + 1);
    tools.log({ queue, messageId, outcome: repeats ? 'later' : 'refused', error });
  }
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
