import { type Caller, systemCaller, timestamp } from '../../kernel/index.ts';
import type { News } from '../caches/index.ts';
import type { RecordsDoor, Scope } from '../records/index.ts';
import { apiKeyKind, idOfApiKey } from './api-key.ts';
import { onDirectoryNews } from './directory-news.ts';
import { isSecret, machineSecretKind, machineUseKind, secretStateId, useStateId } from './machine-secret.ts';
import { sha256 } from './refresh-token.ts';
import { userKind } from './user.ts';

/** What an API key may: its permissions, as far as the roles of who made it still hold them. */
export type KeyBearer = {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly makerRoles: readonly string[];
  readonly makerBranches: readonly string[] | undefined;
};

export type ApiKeys = {
  /** Who bears this key; undefined when it is none, was revoked, has expired, or its maker is gone. */
  bearer(tenant: string, token: string): Promise<KeyBearer | undefined>;
  /** What this process changed itself, it knows at once; the others hear of it from the worker. */
  forget(tenant: string): void;
};

/** A revocation, and a change of the maker, are felt within this, even if nobody tells of them. */
const KEEP_MILLISECONDS = 20_000;
const KEEP_MOST = 5000;
/** The last use is written down no more often than this by each process. */
const USE_MILLISECONDS = 5 * 60_000;

type Kept = { readonly tenant: string; readonly bearer: KeyBearer | undefined; readonly until: number };

/** API keys with a memory of what was verified a moment ago, so that most requests read nothing. */
export function openApiKeys(records: RecordsDoor, news: News, now: () => Date): ApiKeys {
  const kept = new Map<string, Kept>();
  const used = new Map<string, number>();
  const room = (map: Map<string, unknown>): void => {
    if (map.size >= KEEP_MOST) map.clear();
  };
  const forget = (tenant: string): void => {
    for (const [memory, entry] of kept) if (entry.tenant === tenant) kept.delete(memory);
  };
  onDirectoryNews(news, forget);
  return {
    forget,
    bearer: async (tenant, token) => {
      const time = now().getTime();
      const memory = sha256(`${tenant}.${token}`);
      const known = kept.get(memory);
      if (known !== undefined && known.until > time) return known.bearer;
      const caller = systemCaller(tenant, '', 'api-key');
      const bearer = await find(records, caller, token, timestamp(now()));
      room(kept);
      kept.set(memory, { tenant, bearer, until: time + KEEP_MILLISECONDS });
      if (bearer !== undefined && (used.get(bearer.id) ?? 0) + USE_MILLISECONDS < time) {
        room(used);
        used.set(bearer.id, time);
        await noteUse(records.for(caller).scope('directory'), bearer.id, timestamp(now()));
      }
      return bearer;
    },
  };
}

async function find(
  records: RecordsDoor,
  caller: Caller,
  token: string,
  time: string,
): Promise<KeyBearer | undefined> {
  const id = idOfApiKey(token);
  if (id === undefined) return undefined;
  const directory = records.for(caller).scope('directory');
  const [key, secret] = await Promise.all([
    directory.find(apiKeyKind, id),
    directory.state(machineSecretKind, secretStateId(id)),
  ]);
  if (key === undefined || !isSecret(secret, token)) return undefined;
  const { status, expiresAt, maker, name, permissions } = key.data;
  if (status !== 'active' || expiresAt <= time) return undefined;
  const user = await directory.find(userKind, maker);
  if (user?.data.status !== 'active') return undefined;
  const { roles: makerRoles, branches } = user.data;
  return { id, name, permissions, makerRoles, makerBranches: branches ?? undefined };
}

/** Several processes may note a use at once; any of their times is as good. */
async function noteUse(directory: Scope, id: string, at: string): Promise<void> {
  const kept = await directory.state(machineUseKind, useStateId(id));
  await directory.saveState({ kind: machineUseKind, id: useStateId(id), data: { at }, etag: kept?.etag });
}
