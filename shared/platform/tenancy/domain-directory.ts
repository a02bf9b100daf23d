import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Store, Stored } from '../records/index.ts';

/** A record of a custom domain: whose it is and which. */
export type DomainHolder = { readonly tenant: string; readonly record: string };

/** What the directory is told of a domain, by the version of the record that says so. */
export type DomainStanding = DomainHolder & {
  readonly hostname: string;
  readonly state: 'claimed' | 'active' | 'released';
  readonly version: number;
};

/** A host name in container `tenants`, from the moment that somebody proved it. One entry over all tenants. */
type DomainEntry = {
  readonly id: string;
  readonly owner: string;
  readonly record: string;
  readonly state: DomainStanding['state'];
  readonly version: number;
  readonly releasedAt: string | null;
};

/** Custom domains over all tenants: each is one tenant's at a time, and nobody's whom it did not prove. */
export type DomainDirectory = {
  /** Makes a proved name the record's own. False while it is another one's, or was until lately. */
  claim(hostname: string, holder: DomainHolder): Promise<boolean>;
  /** Says what has become of a claimed name, unless something newer was said or the name is another one's. */
  settle(standing: DomainStanding): Promise<void>;
  /** The tenant that is served at the name. */
  ownerOf(hostname: string): Promise<string | undefined>;
};

/** A name that was given up is nobody else's for so long: links, cookies and mails to it outlive it. */
const HOLD_BACK_DAYS = 7;
const MOST_TRIES = 8;

/** The key of a custom domain in the directory. */
export function domainEntryId(hostname: string): string {
  return `domain:${hostname}`;
}

/** The host name of a key in the directory. */
export function hostnameIn(entryId: string): string {
  return entryId.slice(domainEntryId('').length);
}

/** Opens the directory of domains over container `tenants`. */
export function openDomainDirectory(store: Store, now: () => Date): DomainDirectory {
  const read = (hostname: string): Promise<Stored<DomainEntry> | undefined> => {
    const id = domainEntryId(hostname);
    return store.read<DomainEntry>([id], id);
  };
  return {
    claim: (hostname, holder) => claim(store, hostname, holder, now()),
    settle: async ({ hostname, tenant, record, state, version }) => {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const present = await read(hostname);
        if (present === undefined || !isHeldBy(present, { tenant, record }) || present.version > version)
          return;
        const releasedAt = state === 'released' ? (present.releasedAt ?? timestamp(now())) : null;
        const entry = { id: present.id, owner: tenant, record, state, version, releasedAt };
        if ((await store.replace([entry.id], entry, present._etag)) === 'replaced') return;
      }
      throw new Error(`the entry of ${hostname} changes too often`);
    },
    ownerOf: async hostname => {
      const entry = await read(hostname);
      return entry?.state === 'active' ? entry.owner : undefined;
    },
  };
}

async function claim(store: Store, hostname: string, holder: DomainHolder, now: Date): Promise<boolean> {
  const id = domainEntryId(hostname);
  const { tenant, record } = holder;
  const entry: DomainEntry = { id, owner: tenant, record, state: 'claimed', version: 0, releasedAt: null };
  if ((await store.create([id], entry)) === 'created') return true;
  const present = await store.read<DomainEntry>([id], id);
  if (present === undefined) return false;
  if (isHeldBy(present, holder) && present.state !== 'released') return true;
  if (!isFree(present, tenant, now)) return false;
  return (await store.replace([id], entry, present._etag)) === 'replaced';
}

function isHeldBy({ owner, record }: DomainEntry, holder: DomainHolder): boolean {
  return owner === holder.tenant && record === holder.record;
}

/** Whoever gave a name up may take it again at once. */
function isFree({ owner, state, releasedAt }: DomainEntry, tenant: string, now: Date): boolean {
  if (state !== 'released') return false;
  const free = timestamp(secondsAfter(now, -HOLD_BACK_DAYS * 86_400));
  return owner === tenant || (releasedAt ?? '') < free;
}
