import { secondsAfter, timestamp } from '../../kernel/index.ts';
import { type CustomRoleData, type CustomRoles, roleKind } from '../access/index.ts';
import type { News } from '../caches/index.ts';
import type { Store } from '../records/index.ts';
import { PLATFORM } from '../tenancy/index.ts';
import { onDirectoryNews } from './directory-news.ts';
import {
  emptyBook,
  REVOCATION_SECONDS,
  type Revocation,
  type RevocationBook,
  readInto,
  revocationKind,
} from './revocation.ts';
import { defaultPolicy, operatorPolicy, type SignInPolicy, signInPolicyKind } from './sign-in-policy.ts';

/**
 * What every request must know of its tenant's directory: which tokens are no longer good, the login policy, and what the
 * tenant's own roles may.
 */
export type DirectoryView = {
  readonly revocations: RevocationBook;
  readonly policy: SignInPolicy;
  readonly roles: CustomRoles;
};

/**
 * Follows the directories of the tenants that this process serves, without a read per request: each is read when the
 * worker tells that it has changed, within seconds, and every 20 seconds at least; only what is new is read.
 */
export type DirectoryWatch = {
  of(tenant: string): Promise<DirectoryView>;
  /** What this process changed itself, it knows at once; the others hear of it from the worker. */
  forget(tenant: string): void;
};

const KEEP_MILLISECONDS = 20_000;
/** While the database is out, what was known a moment ago is better than closing the house; after this it is not. */
const TRUST_MILLISECONDS = 60_000;
/** More than clocks of instances differ. */
const OVERLAP_SECONDS = 120;
const KEEP_MOST = 2000;

type Row = {
  readonly id: string;
  readonly type: 'state' | 'record';
  readonly kind: string;
  readonly at: string;
  readonly data: unknown;
};

type Watched = {
  readonly view: DirectoryView;
  readonly readAt: number;
  readonly since: Date;
};

/** A watch over the directories in container `records`. */
export function openDirectoryWatch(store: Store, news: News, now: () => Date): DirectoryWatch {
  const watched = new Map<string, Watched>();
  const reading = new Map<string, Promise<Watched>>();
  const read = (tenant: string): Promise<Watched> => {
    const under = reading.get(tenant);
    if (under !== undefined) return under;
    const started = readNew(store, tenant, watched.get(tenant), now())
      .then(fresh => {
        if (watched.size >= KEEP_MOST) watched.delete(watched.keys().next().value ?? '');
        watched.delete(tenant);
        watched.set(tenant, fresh);
        return fresh;
      })
      .finally(() => reading.delete(tenant));
    reading.set(tenant, started);
    return started;
  };
  const forget = (tenant: string): void => {
    const known = watched.get(tenant);
    // What is being read may be older than what was written.
    reading.delete(tenant);
    if (known !== undefined) watched.set(tenant, { ...known, readAt: 0 });
  };
  onDirectoryNews(news, forget);
  return {
    of: async tenant => {
      const known = watched.get(tenant);
      const age = known === undefined ? Number.POSITIVE_INFINITY : now().getTime() - known.readAt;
      if (known !== undefined && age < KEEP_MILLISECONDS) return known.view;
      try {
        return (await read(tenant)).view;
      } catch (error) {
        if (known !== undefined && age < TRUST_MILLISECONDS) return known.view;
        throw error;
      }
    },
    forget,
  };
}

async function readNew(
  store: Store,
  tenant: string,
  known: Watched | undefined,
  now: Date,
): Promise<Watched> {
  const since = known?.since ?? secondsAfter(now, -REVOCATION_SECONDS);
  const rows = await store.query<Row>([tenant, 'directory'], {
    text: `SELECT c.id, c.type, c.kind, c.at, c.data FROM c
      WHERE (c.type = 'state' AND c.kind = @revocation AND c.at > @since)
      OR (c.type = 'record' AND c.kind IN (@policy, @role))`,
    parameters: {
      revocation: revocationKind.name,
      policy: signInPolicyKind.name,
      role: roleKind.name,
      since: timestamp(since),
    },
  });
  const said = rows
    .filter(row => row.type === 'state')
    .map(row => ({
      at: Math.ceil(Date.parse(row.at.slice(0, row.at.indexOf('~'))) / 1000),
      data: row.data as Revocation, // parsed by the kind's schema when it was written
    }));
  const policy = rows.find(row => row.kind === signInPolicyKind.name)?.data as SignInPolicy | undefined;
  const book = readInto(known?.view.revocations ?? emptyBook, said, now.getTime() / 1000);
  return {
    view: {
      revocations: book,
      policy: policy ?? (tenant === PLATFORM ? operatorPolicy : defaultPolicy),
      roles: rolesIn(rows),
    },
    readAt: now.getTime(),
    since: secondsAfter(now, -OVERLAP_SECONDS),
  };
}

/** The tenant's own roles; one that was deleted has no data. */
function rolesIn(rows: readonly Row[]): CustomRoles {
  const roles = rows.filter(({ kind, data }) => kind === roleKind.name && data !== null);
  return new Map(roles.map(({ id, data }) => [id, (data as CustomRoleData).permissions]));
}
