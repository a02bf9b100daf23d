import type { Connection, link as Link, Receiver, Sender } from 'rhea';
import { Authorizations } from './authorizations.ts';
import type { Bus } from './bus.ts';
import { cbsAddress, putToken } from './cbs.ts';
import type { Entity } from './entities.ts';
import { serveIncoming } from './incoming-link.ts';
import { manage, managementSuffix } from './management.ts';
import { serveOutgoing } from './outgoing-link.ts';
import { Refusal } from './refusals.ts';
import { cbsNames, managementNames, type ReplyLinks, serveRequests } from './requests.ts';
import { describeAttach, prepareConnection } from './rhea-seams.ts';
import type { SharedAccessKey } from './sas.ts';
import { acceptSession, sessionFilter } from './session-accept.ts';

/** Milliseconds; Node's timers overflow a little above. */
const longestTimer = 2_000_000_000;

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
      if (address !== cbsAddress) this.#authorizations.check(address, Date.now());
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
      const reply = putToken(this.#keys, this.#authorizations, request, Date.now());
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

  /** Closes links whose token was not renewed in time. Tokens live by real time, also when the broker's clock jumps. */
  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const now = Date.now();
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

  #expireTokens(): void {
    for (const [link, { address }] of this.#links) {
      if (address === cbsAddress || this.#authorizations.allows(address, Date.now())) continue;
      link.close(new Refusal('unauthorized', 'ExpiredToken: The token is expired.').amqp);
      this.closeLink(link);
    }
  }
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
