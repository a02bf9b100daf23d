import rhea, {
  type Connection,
  type EventContext,
  type link as Link,
  type Receiver,
  type Sender,
} from 'rhea';
import { Authorizations } from './authorizations.ts';
import type { Bus } from './bus.ts';
import { cbsAddress, putToken } from './cbs.ts';
import type { Entity } from './entities.ts';
import { maxMessageBytes, serveIncoming } from './incoming-link.ts';
import { manage, managementSuffix } from './management.ts';
import { serveOutgoing } from './outgoing-link.ts';
import { Refusal } from './refusals.ts';
import { cbsNames, managementNames, type ReplyLinks, serveRequests } from './requests.ts';
import { cutConnection, describeAttach, listenTo, prepareConnection, whenGone } from './rhea-seams.ts';
import type { SharedAccessKey } from './sas.ts';
import { acceptSession, sessionFilter } from './session-accept.ts';

/** One client's connection: what it may use, and what must stop when it or one of its links goes. */
export class ClientConnection {
  readonly #bus: Bus;
  readonly #keys: readonly SharedAccessKey[];
  readonly #authorizations = new Authorizations();
  readonly #replies: ReplyLinks = new Map();
  readonly #links = new Map<Link, { address: string; stop: () => void }>();
  #expiry: NodeJS.Timeout | undefined;

  constructor(bus: Bus, keys: readonly SharedAccessKey[], connection: Connection) {
    this.#bus = bus;
    this.#keys = keys;
    prepareConnection(connection);
  }

  /** A client wants to send over this link. */
  openReceiver(link: Receiver): void {
    const address = link.target?.address ?? '';
    this.#admit(link, address, () => {
      link.set_source({ address: link.source?.address ?? '' });
      link.set_target({ address });
      if (address === cbsAddress) return this.#serveCbs(link);
      if (isManagement(address)) return this.#serveManagement(link, this.#entityOf(address));
      const entity = this.#entityOf(address);
      if (entity.kind !== 'queue' && entity.kind !== 'topic') {
        throw new Refusal('not-allowed', `Messages cannot be sent to '${entity.path}'.`);
      }
      serveIncoming(this.#bus, link, entity);
      return nothing;
    });
  }

  /** A client wants to receive over this link. */
  openSender(link: Sender): void {
    const address = link.source?.address ?? '';
    this.#admit(link, address, () => {
      if (address === cbsAddress || isManagement(address)) {
        if (address !== cbsAddress) this.#entityOf(address);
        link.set_source({ address });
        link.set_target({ address: link.target?.address ?? '' });
        return this.#serveReplies(link);
      }
      return this.#serveEntity(link, this.#entityOf(address));
    });
  }

  closeLink(link: Link): void {
    this.#links.get(link)?.stop();
    this.#links.delete(link);
  }

  /** Stops all links of a session or, without one, of the connection. */
  close(session?: unknown): void {
    for (const link of [...this.#links.keys()]) {
      if (session === undefined || link.session === session) this.closeLink(link);
    }
    if (session === undefined) clearTimeout(this.#expiry);
  }

  #admit(link: Link, address: string, serve: () => () => void): void {
    try {
      if (address !== cbsAddress) this.#authorizations.check(address, this.#bus.clock.now());
      this.#links.set(link, { address, stop: serve() });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      link.close(error.amqp);
    }
  }

  #entityOf(address: string): Entity {
    return this.#bus.entities.resolve(
      isManagement(address) ? address.slice(0, -managementSuffix.length) : address,
    );
  }

  #serveEntity(link: Sender, entity: Entity): () => void {
    if (entity.kind === 'topic')
      throw new Refusal('not-allowed', `'${entity.path}' is a topic: receive from a subscription.`);
    const filter: unknown = link.source?.filter;
    const wanted = wantedSession(filter);
    if (wanted === undefined && entity.requiresSession) {
      throw new Refusal(
        'not-allowed',
        'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.',
      );
    }
    if (wanted !== undefined) {
      if (!entity.requiresSession) {
        throw new Refusal(
          'not-allowed',
          'A sessionful message receiver cannot be created on an entity that does not require sessions.',
        );
      }
      return acceptSession(this.#bus, link, entity, wanted);
    }
    link.set_source({ address: entity.path });
    link.set_target({ address: link.target?.address ?? '' });
    describeAttach(link, link.snd_settle_mode === 1);
    return serveOutgoing(this.#bus, link, entity);
  }

  #serveReplies(link: Sender): () => void {
    const addresses = [link.name, link.target?.address].filter(address => typeof address === 'string');
    for (const address of addresses) this.#replies.set(address, link);
    return () => {
      for (const address of addresses) this.#replies.delete(address);
    };
  }

  #serveCbs(link: Receiver): () => void {
    const put = (request: Parameters<typeof putToken>[2]) => {
      const reply = putToken(this.#keys, this.#authorizations, request, this.#bus.clock.now());
      this.#watchExpiry();
      return reply;
    };
    serveRequests(link, this.#replies, cbsNames, put, then => then());
    return nothing;
  }

  #serveManagement(link: Receiver, entity: Entity): () => void {
    const whenDurable = (then: () => void): void => this.#bus.store.afterCommit(then);
    serveRequests(
      link,
      this.#replies,
      managementNames,
      request => manage(this.#bus, entity, request),
      whenDurable,
    );
    return nothing;
  }

  /** Closes links whose token was not renewed in time. */
  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const now = this.#bus.clock.now();
    const next = this.#authorizations.nextExpiry(now);
    if (next === undefined) return;
    this.#expiry = setTimeout(
      () => {
        for (const [link, { address }] of this.#links) {
          if (address === cbsAddress || this.#authorizations.allows(address, this.#bus.clock.now())) continue;
          link.close(new Refusal('unauthorized', 'ExpiredToken: The token is expired.').amqp);
          this.closeLink(link);
        }
        this.#watchExpiry();
      },
      Math.min(next - now + 1, 2_000_000_000),
    );
  }
}

/** Listens for clients on 127.0.0.1. Resolves with the port and what closes the server. */
export function listen(
  bus: Bus,
  keys: readonly SharedAccessKey[],
  port: number,
): Promise<{ port: number; close: () => Promise<void> }> {
  const container = rhea.create_container({ id: 'local-service-bus' });
  const clients = new Map<Connection, ClientConnection>();
  const clientOf = (context: EventContext): ClientConnection | undefined => clients.get(context.connection);
  const forget = (connection: Connection): void => {
    clients.get(connection)?.close();
    clients.delete(connection);
  };
  listenTo(container, 'connection_open', ({ connection }) => {
    clients.set(connection, new ClientConnection(bus, keys, connection));
    whenGone(connection, () => forget(connection));
  });
  listenTo(
    container,
    'receiver_open',
    context => context.receiver && clientOf(context)?.openReceiver(context.receiver),
  );
  listenTo(
    container,
    'sender_open',
    context => context.sender && clientOf(context)?.openSender(context.sender),
  );
  listenTo(
    container,
    'receiver_close',
    context => context.receiver && clientOf(context)?.closeLink(context.receiver),
  );
  listenTo(
    container,
    'sender_close',
    context => context.sender && clientOf(context)?.closeLink(context.sender),
  );
  listenTo(container, 'session_close', context => clientOf(context)?.close(context.session));
  for (const end of ['connection_close', 'disconnected'])
    listenTo(container, end, context => forget(context.connection));
  for (const noise of ['connection_error', 'session_error', 'sender_error', 'receiver_error'])
    container.on(noise, nothing);
  for (const broken of ['protocol_error', 'error']) container.on(broken, reportError);
  const server = container.listen({ port, host: '127.0.0.1', ...linkOptions } as Parameters<
    typeof container.listen
  >[0]);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ port: bound, close: () => closeServer(server, clients.keys()) });
    });
  });
}

/** The limits that Service Bus announces; buffers are large so that a lock held long does not stop the link. */
const linkOptions = {
  max_frame_size: 65_536,
  channel_max: 4999,
  idle_time_out: 240_000,
  session_buffer_size: { outgoing: 65_536, incoming: 2048 },
  tcp_no_delay: true,
  receiver_options: { autoaccept: false, credit_window: 1000, max_message_size: maxMessageBytes },
  sender_options: { treat_modified_as_released: false },
};

/** A client that breaks the protocol loses its connection; the others are not disturbed. */
function reportError(error: Error): void {
  process.stderr.write(`service-bus: ${error.message}\n`);
}

function closeServer(
  server: { close: (done: () => void) => unknown },
  open: Iterable<Connection>,
): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  for (const connection of open) {
    connection.close({ condition: 'amqp:connection:forced', description: 'The service is shutting down.' });
    setTimeout(() => cutConnection(connection), 200);
  }
  return closed;
}

function isManagement(address: string): boolean {
  return address.toLowerCase().endsWith(managementSuffix);
}

/** The session that a source asks for: null for any, undefined when it asks for none. */
function wantedSession(filter: unknown): string | null | undefined {
  if (typeof filter !== 'object' || filter === null || !(sessionFilter in filter)) return undefined;
  const wanted: unknown = (filter as Record<string, unknown>)[sessionFilter];
  return typeof wanted === 'string' ? wanted : null;
}

function nothing(): void {
  // Some links need nothing undone when they close.
}
