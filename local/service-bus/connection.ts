import type { Connection, link as Link, Message, Receiver, Sender } from 'rhea';
import { type Attachment, longestIdle } from './attachments.ts';
import { Authorizations } from './authorizations.ts';
import type { Bus } from './bus.ts';
import { cbsAddress, putToken } from './cbs.ts';
import type { Entity } from './entity.ts';
import { cutsAt, faultyRequests, refusalOf } from './faults.ts';
import { touch } from './idle.ts';
import type { Watch } from './idle-connections.ts';
import { serveIncoming } from './incoming-link.ts';
import { fieldsOf, findOperation, managementSuffix } from './management.ts';
import { serveOutgoing } from './outgoing-link.ts';
import { entityDisabled, entityNotFound, forwardedOn, Refusal } from './refusals.ts';
import { cbsNames, managementNames, type ReplyLinks, serveRequests } from './requests.ts';
import { cutConnection, describeAttach, hasCoordinator, listenTo, prepareConnection } from './rhea-seams.ts';
import { acceptSession, sessionFilter } from './session-accept.ts';
import type { AccessRight } from './settings.ts';

/** Events of a link that is in use. */
const signsOfLife = ['message', 'sender_flow', 'accepted', 'rejected', 'released', 'modified'] as const;

/** Milliseconds; Node's timers overflow a little above. */
const longestTimer = 2_000_000_000;

/** One client's connection: what it may use, and what must stop when it or one of its links goes. */
export class ClientConnection {
  readonly #bus: Bus;
  readonly #authorizations = new Authorizations();
  readonly #replies: ReplyLinks = new Map();
  readonly #links = new Map<Link, { address: string; right: AccessRight | undefined; stop: () => void }>();
  readonly #endWatch: () => void;
  readonly #idleness: Watch;
  /** The namespace as the client names it. */
  readonly #host: string;
  #expiry: NodeJS.Timeout | undefined;

  constructor(bus: Bus, connection: Connection) {
    this.#bus = bus;
    prepareConnection(connection);
    this.#host = connection.hostname ?? '';
    this.#endWatch = bus.clock.onJump(() => this.#expireTokens());
    this.#idleness = bus.connections.watch(allowed => {
      const description = `The connection was closed by container '${connection.container.id}' because it did not have any active links in the past ${allowed} milliseconds.`;
      connection.close({ condition: 'amqp:connection:forced', description, info: {} });
    });
  }

  /** A client wants to send over this link. */
  openReceiver(link: Receiver): void {
    const address = addressOf(link.target);
    this.#admit(link, address, 'Send', () => {
      if (hasCoordinator(link)) throw transactionsRefused();
      const stop = this.#serveReceiver(link, address);
      answerAttach(link);
      return stop;
    });
  }

  /** A client wants to receive over this link. */
  openSender(link: Sender): void {
    const address = addressOf(link.source);
    this.#admit(link, address, 'Listen', () => {
      if (address === cbsAddress || isManagement(address)) {
        if (address !== cbsAddress) this.#entityOf(address);
        answerAttach(link);
        return this.#serveReplies(link);
      }
      return this.#serveEntity(link, this.#entityOf(address));
    });
  }

  closeLink(link: Link): void {
    const served = this.#links.get(link);
    if (served === undefined) return;
    served.stop();
    this.#links.delete(link);
    if (served.address !== cbsAddress) this.#idleness.closed();
  }

  /** Stops all links of a session or, without one, of the connection. */
  close(session?: unknown): void {
    for (const link of [...this.#links.keys()]) {
      if (session === undefined || link.session === session) this.closeLink(link);
    }
    if (session !== undefined) return;
    clearTimeout(this.#expiry);
    this.#endWatch();
    this.#idleness.end();
  }

  #admit(link: Link, address: string, needed: AccessRight, serve: () => () => void): void {
    // A request node looks at each request's own right.
    const right = isManagement(address) ? undefined : needed;
    try {
      if (address !== cbsAddress && !hasCoordinator(link)) {
        this.#authorizations.check(address, right, this.#now());
        if (!isManagement(address)) this.#misbehave(link, address);
      }
      this.#links.set(link, { address, right, stop: serve() });
      if (address !== cbsAddress) this.#idleness.opened();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      link.close(error.amqp);
    }
  }

  /** Lets a rule refuse the link, or cut the connection instead of answering or right after. */
  #misbehave(link: Link, address: string): void {
    const strike = this.#bus.faults.strike({ operation: 'attach', entity: address, target: link.name });
    if (cutsAt(strike, 'before')) cutConnection(link.connection);
    if (cutsAt(strike, 'after')) setImmediate(() => cutConnection(link.connection));
    const refusal = refusalOf(strike, address);
    if (refusal !== undefined) throw refusal;
  }

  #entityOf(address: string): Entity {
    const path = isManagement(address) ? address.slice(0, -managementSuffix.length) : address;
    const entity = this.#bus.entities.find(path);
    if (entity === undefined) throw entityNotFound(`sb://${this.#host}/${path}`);
    return entity;
  }

  #serveReceiver(link: Receiver, address: string): () => void {
    if (address === cbsAddress) return this.#serveCbs(link);
    const entity = this.#entityOf(address);
    if (isManagement(address)) return this.#serveManagement(link, address, entity);
    if (entity.kind !== 'queue' && entity.kind !== 'topic') {
      throw new Refusal('not-allowed', `Messages cannot be sent to '${entity.path}'.`);
    }
    return this.#attach(link, entity, 'send', () => serveIncoming(this.#bus, link, entity));
  }

  #serveEntity(link: Sender, entity: Entity): () => void {
    if (entity.kind === 'topic')
      throw new Refusal('not-allowed', `'${entity.path}' is a topic: receive from a subscription.`);
    if (this.#bus.entities.isForwarded(entity)) throw forwardedOn('receiver');
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
      return this.#attach(link, entity, 'receive', () => acceptSession(this.#bus, link, entity, wanted));
    }
    answerAttach(link);
    describeAttach(link, link.snd_settle_mode === 1);
    return this.#attach(link, entity, 'receive', () => serveOutgoing(this.#bus, link, entity));
  }

  /** Serves a link while the entity exists and its status allows it. Throws a Refusal when it does not now. */
  #attach(link: Link, entity: Entity, direction: 'send' | 'receive', serve: () => () => void): () => void {
    if (!entity.accepts(direction)) throw entityDisabled(entity.path);
    const stop = serve();
    const attachment: Attachment = {
      entity,
      direction,
      usedAt: this.#bus.clock.now(),
      close: refusal => {
        if (link.is_open()) link.close(refusal.amqp);
        this.closeLink(link);
      },
    };
    this.#bus.attachments.add(attachment);
    this.#bus.scheduler.expect(attachment.usedAt + longestIdle);
    for (const event of signsOfLife) {
      listenTo(this.#bus.store, link, event, () => {
        attachment.usedAt = this.#bus.clock.now();
      });
    }
    return () => {
      this.#bus.attachments.remove(attachment);
      stop();
      touch(this.#bus, entity);
    };
  }

  #serveReplies(link: Sender): () => void {
    const addresses = [link.name, link.target?.address, link.source?.address].filter(
      address => typeof address === 'string',
    );
    for (const address of addresses) this.#replies.set(address, link);
    return () => {
      for (const address of addresses) {
        if (this.#replies.get(address) === link) this.#replies.delete(address);
      }
    };
  }

  #serveCbs(link: Receiver): () => void {
    const put = (request: Parameters<typeof putToken>[2]) => {
      const reply = putToken(this.#bus.authenticator, this.#authorizations, request, this.#now());
      this.#watchExpiry();
      return reply;
    };
    const { store } = this.#bus;
    serveRequests(link, this.#replies, cbsNames, { store, handle: put, whenDurable: then => then() });
    return nothing;
  }

  #serveManagement(link: Receiver, address: string, entity: Entity): () => void {
    const cut = (): void => cutConnection(link.connection);
    const answer = (request: Message) => {
      const { operation, right } = findOperation(request);
      this.#authorizations.check(address, right, this.#now());
      touch(this.#bus, entity);
      return operation(this.#bus, entity, fieldsOf(request));
    };
    const node = faultyRequests(this.#bus, entity, answer, cut);
    serveRequests(link, this.#replies, managementNames, node);
    return nothing;
  }

  /** Closes links whose token was not renewed in time. */
  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const now = this.#now();
    const next = this.#authorizations.nextExpiry(now);
    if (next === undefined) return;
    this.#expiry = setTimeout(
      () => {
        this.#expireTokens();
        this.#watchExpiry();
      },
      Math.min(next - now + 1, longestTimer),
    );
  }

  /** The time by which tokens are judged. */
  #now(): number {
    return this.#bus.clock.tokenNow();
  }

  #expireTokens(): void {
    for (const [link, { address, right }] of this.#links) {
      if (address === cbsAddress || this.#authorizations.allows(address, right, this.#now())) continue;
      link.close(new Refusal('unauthorized', 'ExpiredToken: The token is expired.').amqp);
      this.closeLink(link);
    }
  }
}

/** Answers an attach with the addresses as the client wrote them; one that is refused is answered without. */
function answerAttach(link: Link): void {
  link.set_source({ address: link.source?.address ?? '' });
  link.set_target({ address: link.target?.address ?? '' });
}

/**
 * What a client names, alone or, as the SDKs for .NET and Python do, behind the address of the namespace; nothing when it is
 * no text, and that is then what it lacks the right for.
 */
function addressOf(end: { readonly address?: unknown } | undefined): string {
  return typeof end?.address === 'string' ? end.address.replace(/^(?:amqps?|sb):\/\/[^/]*\//i, '') : '';
}

function isManagement(address: string): boolean {
  return address.toLowerCase().endsWith(managementSuffix);
}

function transactionsRefused(): Refusal {
  return new Refusal('not-implemented', 'Transactions are not supported by the local Service Bus.');
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
