import type { TenantKeyTools } from './tenant-keys.ts';

/** The key of a person: the version for what is new, and those that open what is older. Null once the person was erased. */
export type PersonKey = {
  readonly current: number;
  readonly versions: ReadonlyMap<number, Uint8Array>;
} | null;
export type PersonKeys = ReadonlyMap<string, PersonKey>;

/** Tells instances that keys have ended. `covers`: whether what was read at that time (milliseconds) would have been told. */
export type KeyNews = {
  tell(topic: string): Promise<void>;
  on(listener: (topic: string) => void): void;
  covers(readAt: number): boolean;
};

type Kept = { readonly key: PersonKey; readonly readAt: number; readonly until: number };

const KEEP_MOST = 50_000;
/** A person's key, where no news of its end would come. */
const UNHEARD_MILLISECONDS = 30_000;
/** After news of an end what is read may still be from before: it is read again so soon. */
const DOUBT_MILLISECONDS = 15_000;

/** Persons' keys in memory: as long as news of their end would come, and for a short time where they would not. */
export function openPersonMemory(
  { now, keepMilliseconds }: Pick<TenantKeyTools, 'now' | 'keepMilliseconds'>,
  news: KeyNews,
) {
  const kept = new Map<string, Map<string, Kept>>();
  const doubted = new Map<string, number>();
  const isGood = ({ readAt, until }: Kept, time: number): boolean =>
    until > time && (news.covers(readAt) || readAt + UNHEARD_MILLISECONDS > time);
  return {
    keep: (tenant: string, found: PersonKeys, readAt: number): PersonKeys => {
      news.covers(readAt);
      const doubtedUntil = doubted.get(tenant) ?? 0;
      const until = readAt < doubtedUntil ? doubtedUntil : readAt + keepMilliseconds;
      const own = kept.get(tenant) ?? new Map<string, Kept>();
      if (own.size >= KEEP_MOST) own.clear();
      if (kept.size >= KEEP_MOST) kept.clear();
      kept.set(tenant, own);
      for (const [person, key] of found) own.set(person, { key, readAt, until });
      return found;
    },
    known: (
      tenant: string,
      persons: Iterable<string>,
      versions: ReadonlyMap<string, number> = new Map(),
      isFresh: (person: string) => boolean = () => false,
    ): [Map<string, PersonKey>, string[]] => {
      const time = now().getTime();
      const own = kept.get(tenant);
      const here = new Map<string, PersonKey>();
      const open: string[] = [];
      for (const person of new Set(persons)) {
        const entry = own?.get(person);
        const isHeld = entry !== undefined && isGood(entry, time);
        if (isHeld && serves(entry, versions.get(person), isFresh(person))) here.set(person, entry.key);
        else open.push(person);
      }
      return [here, open];
    },
    forget: (tenant: string): void => {
      kept.delete(tenant);
      if (doubted.size >= KEEP_MOST) doubted.clear();
      doubted.set(tenant, now().getTime() + DOUBT_MILLISECONDS);
    },
  };
}

/** Whether a key in memory is neither older than what is at hand nor to be looked up. Who was erased stays so. */
function serves({ key }: Kept, version = 0, fresh = false): boolean {
  return key === null || (!fresh && key.current >= version);
}
