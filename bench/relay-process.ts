/**
 * The least that the Service Bus SDK talks to: an AMQP peer made of rhea that hands each message on to whoever receives, from memory.
 * It checks no token and promises nothing: no lock, no second delivery, no disk.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import rhea, { type Connection, type EventContext, type Receiver, type Sender } from 'rhea';
import { dataOf, sectionCode, splitSections } from '../local/service-bus/amqp-sections.ts';
import { cbsAddress } from '../local/service-bus/cbs.ts';
import { cbsNames, type ReplyLinks, serveRequests } from '../local/service-bus/requests.ts';
import {
  accepted,
  acceptStream,
  answerDrain,
  payloadOf,
  prepareConnection,
} from '../local/service-bus/rhea-seams.ts';
import { serveOrder } from './child-process.ts';
import { listenFree } from './listen-free.ts';

/** The format code of a batch: each data section holds one message. */
const BATCH_FORMAT = 0x80013700;
/** As the local Service Bus has it, so that both are given the same room. */
const LINKS = {
  max_frame_size: 65_536,
  session_buffer_size: { outgoing: 65_536, incoming: 2048 },
  tcp_no_delay: true,
  receiver_options: { autoaccept: false, credit_window: 1000, max_message_size: 262_144 },
};

/** Messages that wait, by queue. */
const waiting = new Map<string, Buffer[]>();
const receivers = new Map<string, Set<Sender>>();

serveOrder(() => {
  const container = rhea.create_container({ id: 'relay' });
  const replies = new WeakMap<Connection, ReplyLinks>();
  container.on('connection_open', ({ connection }) => prepareConnection(connection));
  container.on('receiver_open', ({ receiver, connection }: EventContext) => {
    if (receiver !== undefined) takeFrom(receiver, repliesOf(replies, connection));
  });
  container.on('sender_open', ({ sender, connection }: EventContext) => {
    if (sender !== undefined) giveTo(sender, repliesOf(replies, connection));
  });
  return listenFree(createServer({ noDelay: true }, socket => acceptStream(container, socket, LINKS)));
});

function repliesOf(replies: WeakMap<Connection, ReplyLinks>, connection: Connection): ReplyLinks {
  const known = replies.get(connection) ?? new Map();
  replies.set(connection, known);
  return known;
}

/** A client sends over this link. */
function takeFrom(link: Receiver, replies: ReplyLinks): void {
  const address = link.target?.address ?? '';
  link.set_source({ address: link.source?.address ?? '' });
  link.set_target({ address });
  if (address === cbsAddress) {
    const accept = (): { status: number; description: string } => ({ status: 202, description: 'Accepted' });
    serveRequests(link, replies, cbsNames, {
      store: { writes: 0 },
      handle: accept,
      whenDurable: then => then(),
    });
    return;
  }
  link.on('message', (context: EventContext) => {
    const { payload, format } = payloadOf(context);
    queueOf(address).push(...messagesOf(payload, format));
    context.delivery?.accept();
    pump(address);
  });
}

/** A client receives over this link. */
function giveTo(link: Sender, replies: ReplyLinks): void {
  const address = link.source?.address ?? '';
  const target = link.target?.address ?? '';
  link.set_source({ address });
  link.set_target({ address: target });
  if (address === cbsAddress) {
    replies.set(link.name, link);
    return;
  }
  const links = receivers.get(address) ?? new Set();
  receivers.set(address, links.add(link));
  link.on('sendable', () => pump(address));
  link.on('accepted', ({ delivery }: EventContext) => delivery?.update(true, accepted));
  link.on('sender_draining', () => answerDrain(link));
  link.on('sender_close', () => links.delete(link));
}

function pump(address: string): void {
  const queue = queueOf(address);
  for (const link of receivers.get(address) ?? []) {
    while (link.is_open() && link.sendable()) {
      const message = queue.shift();
      if (message === undefined) return;
      link.send(message, randomBytes(16), 0);
    }
  }
}

function queueOf(address: string): Buffer[] {
  const known = waiting.get(address) ?? [];
  waiting.set(address, known);
  return known;
}

function messagesOf(payload: Buffer, format: number): readonly Buffer[] {
  if (format !== BATCH_FORMAT) return [payload];
  return splitSections(payload)
    .filter(({ code }) => code === sectionCode.data)
    .map(dataOf);
}
