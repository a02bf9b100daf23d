import type { Counters } from '../records/index.ts';
import { freeOf, leaseOf, type Window, windowAt } from './window.ts';

/** One use of something that is limited: whose (tenant and key), and how often it may be used. */
export type Use = {
  readonly name: string;
  readonly tenant: string;
  /** What is counted: a user's id, the hash of an address. Never personal data in clear. */
  readonly key: string;
  readonly quota: number;
  readonly seconds: number;
};

/** Where a use left its quota. `left` is what this instance knows; others use the same quota. */
export type Standing = {
  readonly use: Use;
  readonly allowed: boolean;
  readonly left: number;
  readonly resetSeconds: number;
};

/** Counts uses over all instances. */
export type Limiter = {
  take(use: Use): Promise<Standing>;
  /** Of a use that came to nothing: this instance has it to give again, unless the window is over. */
  giveBack(use: Use): void;
  size(): number;
};

/** What this instance holds of a key's quota in the window. */
type Share = {
  readonly window: Window;
  /** What it is a share of; another quota begins another share. */
  readonly quota: number;
  /** Leased and not used yet. */
  held: number;
  /** Used before the first lease. */
  free: number;
  /** Taken by all instances, as the last lease told. */
  taken: number;
  exhausted: boolean;
  leasing: Promise<void> | undefined;
};

const KEPT_MOST = 50_000;

/**
 * Leased tokens: an instance takes a part of a key's quota from a counter in the database and serves requests from
 * it, so that most requests write nothing. The sum of all leases never passes the quota. What an instance has
 * leased and not used when a window ends is lost, which is at most a sixteenth of what was left; uses before an
 * instance's first lease (`freeOf`) are the only ones that can come on top. Without the database each instance
 * counts for itself: limits protect, they must not be the outage.
 */
export function openLimiter(counters: Counters, now: () => Date): Limiter {
  const shares = new Map<string, Share>();
  return {
    size: () => shares.size,
    take: async use => {
      const share = shareOf(shares, use, now().getTime());
      const allowed = await takeOne(counters, use, share);
      const left = Math.max(0, use.quota - share.taken - (share.taken === 0 ? share.free : 0)) + share.held;
      const resetSeconds = Math.max(1, Math.ceil((share.window.end - now().getTime()) / 1000));
      return { use, allowed, left: allowed ? left : 0, resetSeconds };
    },
    giveBack: use => {
      const share = shareOf(shares, use, now().getTime());
      if (share.taken > 0) share.held += 1;
      else share.free = Math.max(0, share.free - 1);
    },
  };
}

function shareOf(shares: Map<string, Share>, use: Use, now: number): Share {
  const key = `${use.name} ${use.tenant} ${use.key}`;
  const known = shares.get(key);
  const isSame =
    known !== undefined && known.window.start <= now && now < known.window.end && known.quota === use.quota;
  if (isSame) return known;
  const window = windowAt(now, use.seconds, key);
  const share: Share = {
    window,
    quota: use.quota,
    held: 0,
    free: 0,
    taken: 0,
    exhausted: false,
    leasing: undefined,
  };
  shares.delete(key);
  if (shares.size >= KEPT_MOST) forgetOldest(shares);
  shares.set(key, share);
  return share;
}

/** A tenth at once; a Map keeps the order in which keys came. */
function forgetOldest(shares: Map<string, Share>): void {
  let count = KEPT_MOST / 10;
  for (const key of shares.keys()) {
    if (count === 0) return;
    shares.delete(key);
    count -= 1;
  }
}

async function takeOne(counters: Counters, use: Use, share: Share): Promise<boolean> {
  if (share.taken === 0 && share.leasing === undefined && share.free < freeOf(use.quota)) {
    share.free += 1;
    return true;
  }
  while (share.held === 0) {
    if (share.exhausted) return false;
    share.leasing ??= lease(counters, use, share).finally(() => {
      share.leasing = undefined;
    });
    await share.leasing;
  }
  share.held -= 1;
  return true;
}

async function lease(counters: Counters, use: Use, share: Share): Promise<void> {
  const place = [use.tenant, `${use.name}:${use.key}`];
  const id = String(share.window.start);
  const debt = share.taken === 0 ? share.free : 0;
  const ttl = use.seconds + 60;
  const ask = async (size: number): Promise<boolean> => {
    const taken = await counters.add(place, id, size + debt, use.quota, ttl);
    if (taken === undefined) return false;
    share.taken = taken;
    share.held = size;
    return true;
  };
  try {
    if (await ask(leaseOf(use.quota - share.taken - debt))) return;
    // Others took more than was known here: ask again for a part of what there is.
    const left = use.quota - (await counters.read(place, id)) - debt;
    share.exhausted = left <= 0 || !((await ask(leaseOf(left))) || (await ask(1)));
  } catch {
    share.held = leaseOf(use.quota);
    share.taken = Math.min(use.quota, Math.max(share.taken, debt) + share.held);
    share.exhausted = share.taken >= use.quota;
  }
}
