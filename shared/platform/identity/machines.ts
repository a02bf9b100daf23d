import { systemCaller, timestamp } from '../../kernel/index.ts';
import type { News } from '../caches/index.ts';
import { type RecordsDoor, type Saved, type Scope, scopeOfId } from '../records/index.ts';
import { type ApiKeyData, apiKeyKind, idOfApiKey } from './api-key.ts';
import { onDirectoryNews } from './directory-news.ts';
import { isSecret, machineSecretKind, machineUseKind, secretStateId, useStateId } from './machine-secret.ts';
import { oauthClientKind } from './oauth-client.ts';
import { sha256 } from './refresh-token.ts';
import { userKind } from './user.ts';

/** What a machine may: what it was declared for, as far as the roles of who declared it still hold that. */
export type Machine = {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly makerRoles: readonly string[];
  readonly makerBranches: readonly string[] | undefined;
};

export type Machines = {
  /** Who bears this API key; undefined when it is none, was revoked, has expired, or its maker is gone. */
  byKey(tenant: string, token: string): Promise<Machine | undefined>;
  /** The program that acts for itself by this client; undefined when it has ended or its maker is gone. */
  byClient(tenant: string, id: string): Promise<Machine | undefined>;
  /** The key or client of this id as it stands now, whoever bears it; undefined when nobody could act by it. Read each time. */
  byId(tenant: string, id: string): Promise<Machine | undefined>;
  /** What this process changed itself, it knows at once; the others hear of it from the worker. */
  forget(tenant: string): void;
};

/** A revocation, and a change of the maker, are felt within this, even if nobody tells of them. */
const KEEP_MILLISECONDS = 20_000;
const KEEP_MOST = 5000;
/** The last use is written down no more often than this by each process. */
const USE_MILLISECONDS = 5 * 60_000;

type Kept = { readonly tenant: string; readonly machine: Machine | undefined; readonly until: number };

/** Machines with a memory of what was found a moment ago, so that most requests read nothing. */
export function openMachines(records: RecordsDoor, news: News, now: () => Date): Machines {
  const kept = new Map<string, Kept>();
  const used = new Map<string, number>();
  const room = (map: Map<string, unknown>): void => {
    if (map.size >= KEEP_MOST) map.clear();
  };
  const forget = (tenant: string): void => {
    for (const [memory, entry] of kept) if (entry.tenant === tenant) kept.delete(memory);
  };
  onDirectoryNews(news, forget);
  type Find = (directory: Scope) => Promise<Machine | undefined>;
  const remembered = async (tenant: string, what: string, find: Find): Promise<Machine | undefined> => {
    const time = now().getTime();
    const memory = sha256(`${tenant}.${what}`);
    const known = kept.get(memory);
    if (known !== undefined && known.until > time) return known.machine;
    const machine = await find(records.for(systemCaller(tenant, '', 'machine')).scope('directory'));
    room(kept);
    kept.set(memory, { tenant, machine, until: time + KEEP_MILLISECONDS });
    return machine;
  };
  const noted = async (directory: Scope, machine: Machine | undefined): Promise<Machine | undefined> => {
    const time = now().getTime();
    if (machine === undefined || (used.get(machine.id) ?? 0) + USE_MILLISECONDS >= time) return machine;
    room(used);
    used.set(machine.id, time);
    await noteUse(directory, machine.id, timestamp(now()));
    return machine;
  };
  return {
    forget,
    byKey: (tenant, token) =>
      remembered(tenant, `key.${token}`, async directory =>
        noted(directory, await findKey(directory, token, timestamp(now()))),
      ),
    byClient: (tenant, id) => remembered(tenant, `client.${id}`, directory => findClient(directory, id)),
    byId: async (tenant, id) => {
      const directory = records.for(systemCaller(tenant, '', 'machine')).scope('directory');
      if (scopeOfId(oauthClientKind, id) !== undefined) return findClient(directory, id);
      if (scopeOfId(apiKeyKind, id) === undefined) return undefined;
      return ofKey(directory, await directory.find(apiKeyKind, id), timestamp(now()));
    },
  };
}

async function findKey(directory: Scope, token: string, time: string): Promise<Machine | undefined> {
  const id = idOfApiKey(token);
  if (id === undefined) return undefined;
  const [key, secret] = await Promise.all([
    directory.find(apiKeyKind, id),
    directory.state(machineSecretKind, secretStateId(id)),
  ]);
  return isSecret(secret, token) ? ofKey(directory, key, time) : undefined;
}

async function ofKey(
  directory: Scope,
  key: Saved<ApiKeyData> | undefined,
  time: string,
): Promise<Machine | undefined> {
  if (key?.data.status !== 'active' || key.data.expiresAt <= time) return undefined;
  return madeBy(directory, key.id, key.data);
}

async function findClient(directory: Scope, id: string): Promise<Machine | undefined> {
  const client = await directory.find(oauthClientKind, id);
  if (client?.data.status !== 'active' || client.data.kind !== 'confidential') return undefined;
  return madeBy(directory, id, client.data);
}

/** A machine of this maker, who must be there. */
async function madeBy(
  directory: Scope,
  id: string,
  {
    name,
    permissions,
    maker,
  }: { readonly name: string; readonly permissions: readonly string[]; readonly maker: string },
): Promise<Machine | undefined> {
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
