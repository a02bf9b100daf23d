import type { Duplex } from 'node:stream';
import rhea, {
  type AmqpError,
  type Connection,
  type ConnectionOptions,
  type Container,
  type EventContext,
  type Message,
  type Sender,
} from 'rhea';

/**
 * What a broker needs of rhea and rhea does not offer. Everything that reaches below its interface is
 * here; the shapes are those of rhea 3.0.
 */

/** Any message format but 0 makes rhea hand over the payload as bytes instead of decoding it. */
const rawFormat = 1;

/** What is kept of a message while it arrives: more than any that is taken has. */
const keptBytes = 1_048_576;

type TransferFrame = {
  readonly channel: number;
  payload?: Buffer;
  performative: { message_format: number | null | undefined; handle: number; more?: boolean | null };
};

type SessionInside = {
  incoming: { max_transfer_id: number; next_transfer_id: number; window: number };
  connection: { _register: () => void };
};

type ConnectionInside = {
  on_transfer: (frame: TransferFrame) => void;
  remote_channel_map: Record<number, SessionInside | undefined>;
  _process: () => void;
  heartbeat_in: NodeJS.Timeout | undefined;
  heartbeat_out: NodeJS.Timeout | undefined;
  socket: {
    cork: () => void;
    uncork: () => void;
    destroy: () => void;
    once: (event: 'close', listener: () => void) => void;
  };
};

type SenderInside = {
  state: { local_open: boolean; open_requests: number };
  local: { attach: { snd_settle_mode: number; properties: unknown } };
  credit: number;
  delivery_count: number;
  session: { outgoing: { available: () => number } };
  issue_flow: boolean;
  connection: { _register: () => void };
  _get_drain: () => boolean;
};

/**
 * Prepares a new connection: messages arrive undecoded, one of any size reaches its end, and one turn's frames leave in one
 * write. rhea opens the window of a session again only when it has something else to say.
 */
export function prepareConnection(connection: Connection): void {
  const inside = connection as unknown as ConnectionInside;
  const onTransfer = inside.on_transfer.bind(connection);
  const arriving = new Map<string, number>();
  inside.on_transfer = frame => {
    const { performative, channel } = frame;
    if ((performative.message_format ?? 0) === 0) performative.message_format = rawFormat;
    const key = `${channel}/${performative.handle}`;
    const before = arriving.get(key) ?? 0;
    if (performative.more === true) arriving.set(key, before + (frame.payload?.length ?? 0));
    else if (before > 0) arriving.delete(key);
    if (before > keptBytes) delete frame.payload;
    onTransfer(frame);
    const session = inside.remote_channel_map[channel];
    if (session === undefined) return;
    const { max_transfer_id: end, next_transfer_id: next, window } = session.incoming;
    if (end - next < window / 2) session.connection._register();
  };
  const process = inside._process.bind(connection);
  inside._process = () => {
    inside.socket.cork();
    process();
    inside.socket.uncork();
  };
}

/** The outcomes of deliveries, which the typings leave out. */
const outcomes = rhea.message as unknown as Record<
  'accepted' | 'modified' | 'rejected' | 'released',
  (fields: object) => { described: () => unknown }
>;

/** The accepted outcome: one object for all, so that rhea answers a run of deliveries in one frame. */
export const accepted: unknown = outcomes.accepted({}).described();

/** The rejected outcome with its reason; without one it says that a rejection was carried out. */
export function rejected(error?: AmqpError): unknown {
  return outcomes.rejected(error === undefined ? {} : { error }).described();
}

/** The released outcome. */
export function released(): unknown {
  return outcomes.released({}).described();
}

/** The modified outcome; `undeliverableHere` is what defers a message. */
export function modified(undeliverableHere: boolean): unknown {
  return outcomes.modified({ undeliverable_here: undeliverableHere }).described();
}

/** Decodes a request message. */
export function decodeMessage(payload: Buffer): Message {
  // The typings know two Message types; what decode returns has the fields of the public one.
  return rhea.message.decode(payload) as unknown as Message;
}

/** Milliseconds between telling a client to leave and cutting it off. */
export const farewell = 200;

/**
 * Listens to an endpoint. rhea would catch an error of the handler and go on. Here it ends the connection that caused it,
 * unless the handler has written already: then half of a message's writes may stand in the open transaction, and only
 * ending the process rolls them back. Nothing of it was acknowledged.
 */
export function listenTo(
  store: { readonly writes: number },
  endpoint: { on: (event: string, listener: (context: EventContext) => void) => unknown },
  event: string,
  handle: (context: EventContext) => void,
): void {
  endpoint.on(event, context => {
    const before = store.writes;
    try {
      handle(context);
    } catch (error) {
      process.stderr.write(`service-bus: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (store.writes !== before) process.exit(70);
      const { connection } = context;
      connection.close({
        condition: 'amqp:internal-error',
        description: 'The request could not be processed.',
      });
      setTimeout(() => cutConnection(connection), farewell);
    }
  });
}

/** Calls back when the connection's socket is gone for whatever reason; rhea does not hear of all of them. */
export function whenGone(connection: Connection, gone: () => void): void {
  const inside = connection as unknown as ConnectionInside;
  inside.socket.once('close', () => {
    clearTimeout(inside.heartbeat_in);
    clearTimeout(inside.heartbeat_out);
    gone();
  });
}

/** Serves a client whose AMQP stream was accepted elsewhere. */
export function acceptStream(container: Container, stream: Duplex, options: object): void {
  const connection = container.create_connection(options as ConnectionOptions);
  (connection as unknown as { accept: (stream: Duplex) => void }).accept(stream);
}

/** Cuts the connection without a word, as a network failure does. */
export function cutConnection(connection: Connection): void {
  (connection as unknown as ConnectionInside).socket.destroy();
}

/** The bytes of a transfer and its format; `prepareConnection` has seen to it that they are bytes. */
export function payloadOf(context: EventContext): { payload: Buffer; format: number } {
  const { message, format } = context as unknown as { message: Buffer; format?: number };
  return { payload: message, format: format ?? rawFormat };
}

/**
 * Keeps back the answer to an attach; rhea gives it at the end of the turn otherwise. The returned
 * function gives it. Must be called in the handler of `sender_open`.
 */
export function holdAttach(link: Sender): () => void {
  const { state } = link as unknown as SenderInside;
  state.local_open = false;
  state.open_requests -= 1;
  return () => link.open();
}

/** Whether the link leads to a transaction coordinator instead of an entity. */
export function hasCoordinator(link: { target?: unknown }): boolean {
  // rhea decodes a coordinator as an object that, unlike a target, has no address field.
  const target = link.target as { address?: unknown; capabilities?: unknown } | undefined;
  return target !== undefined && target !== null && !('address' in target);
}

/** Sets what the attach answer says beyond source and target. */
export function describeAttach(
  link: Sender,
  sendsSettled: boolean,
  properties?: Record<string, unknown>,
): void {
  const { attach } = (link as unknown as SenderInside).local;
  if (sendsSettled) attach.snd_settle_mode = 1;
  if (properties !== undefined) attach.properties = properties;
}

/** The delivery count that the receiver's credit reaches up to. */
export function creditLimit(link: Sender): number {
  const inside = link as unknown as SenderInside;
  return inside.delivery_count + inside.credit;
}

/** How many more unsettled deliveries the link's session can keep. */
export function roomForDeliveries(link: Sender): number {
  return (link as unknown as SenderInside).session.outgoing.available();
}

/** Answers a drain: what credit is left is used up and the receiver is told, also when none is left. */
export function answerDrain(link: Sender): void {
  const inside = link as unknown as SenderInside;
  inside._get_drain = () => {
    inside.delivery_count += inside.credit;
    inside.credit = 0;
    inside._get_drain = () => false;
    return true;
  };
  inside.issue_flow = true;
  inside.connection._register();
}
