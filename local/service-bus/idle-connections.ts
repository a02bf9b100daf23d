/** Milliseconds that a connection may live without a link: at first, and after its last one was closed. */
const longestWithout = { atFirst: 60_000, afterwards: 300_000 } as const;

type Expect = { readonly expect: (at: number) => void };

/** A connection as it is watched. */
type Watched = {
  readonly close: (allowed: number) => void;
  links: number;
  /** Since when it has no link, and how long it may. */
  since: number;
  allowed: number;
};

/** What a connection tells of its links. */
export type Watch = { readonly opened: () => void; readonly closed: () => void; readonly end: () => void };

/**
 * Connections without links, which the service closes
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot).
 */
export class IdleConnections {
  readonly #scheduler: Expect;
  readonly #now: () => number;
  readonly #all = new Set<Watched>();

  constructor(scheduler: Expect, now: () => number) {
    this.#scheduler = scheduler;
    this.#now = now;
  }

  /** Watches a connection that has no link yet; `close` is called with the milliseconds that it was allowed. */
  watch(close: Watched['close']): Watch {
    const watched: Watched = { close, links: 0, since: this.#now(), allowed: longestWithout.atFirst };
    this.#all.add(watched);
    this.#expect(watched);
    return {
      opened: () => {
        watched.links += 1;
      },
      closed: () => {
        watched.links -= 1;
        watched.since = this.#now();
        watched.allowed = longestWithout.afterwards;
        if (watched.links === 0) this.#expect(watched);
      },
      end: () => this.#all.delete(watched),
    };
  }

  /** When the next connection has been without links for too long, in milliseconds since the epoch. */
  nextEnd(): number | undefined {
    const ends = [...this.#all].filter(({ links }) => links === 0).map(endOf);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  closeIdle(now: number): void {
    for (const watched of [...this.#all]) {
      if (watched.links > 0 || endOf(watched) > now) continue;
      this.#all.delete(watched);
      watched.close(watched.allowed);
    }
  }

  #expect(watched: Watched): void {
    this.#scheduler.expect(endOf(watched));
  }
}

function endOf({ since, allowed }: Watched): number {
  return since + allowed;
}
