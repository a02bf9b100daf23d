import rhea, { type Message, type Receiver, type Sender } from 'rhea';
import { Refusal } from './refusals.ts';
import { decodeMessage, listenTo, payloadOf } from './rhea-seams.ts';

/** What a request node answers: the status, and a body when there is one. */
export type Reply = { readonly status: number; readonly description: string; readonly body?: unknown };

/** How a node names the fields of its replies: $cbs uses dashes, $management does not. */
type ReplyNames = {
  readonly status: string;
  readonly description: string;
  readonly condition: string;
};

export const cbsNames: ReplyNames = {
  status: 'status-code',
  description: 'status-description',
  condition: 'error-condition',
};

export const managementNames: ReplyNames = {
  status: 'statusCode',
  description: 'statusDescription',
  condition: 'errorCondition',
};

/**
 * The links of one connection over which replies go, by the address that requests name in reply-to; those that name none are
 * answered over a link that receives from the node which they were sent to.
 */
export type ReplyLinks = Map<string, Sender>;

/** What answers the requests at a node. */
export type RequestNode = {
  readonly store: { readonly writes: number };
  readonly handle: (request: Message) => Reply;
  /** Runs its callback once the reply may leave. */
  readonly whenDurable: (then: () => void) => void;
};

/** Serves requests that arrive on a link. */
export function serveRequests(
  link: Receiver,
  replies: ReplyLinks,
  names: ReplyNames,
  { store, handle, whenDurable }: RequestNode,
): void {
  listenTo(store, link, 'message', context => {
    const request = readRequest(link, payloadOf(context).payload);
    if (request === undefined) return;
    context.delivery?.accept();
    const fields = answer(request, names, handle);
    whenDurable(() => {
      const reply = replies.get(String(request.reply_to ?? link.target?.address));
      if (reply?.is_open()) reply.send({ correlation_id: request.message_id, ...fields } as Message);
    });
  });
}

function readRequest(link: Receiver, payload: Buffer): Message | undefined {
  try {
    return decodeMessage(payload);
  } catch (error) {
    link.close(new Refusal('decode-error', `The request could not be read. ${String(error)}`).amqp);
    return undefined;
  }
}

function answer(request: Message, names: ReplyNames, handle: (request: Message) => Reply): Partial<Message> {
  const { types } = rhea;
  try {
    const reply = handle(request);
    return {
      body: reply.body ?? null,
      application_properties: {
        [names.status]: types.wrap_int(reply.status),
        [names.description]: reply.description,
      },
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      body: null,
      application_properties: {
        [names.status]: types.wrap_int(error.status),
        [names.description]: error.message,
        [names.condition]: types.wrap_symbol(error.condition),
      },
    };
  }
}
