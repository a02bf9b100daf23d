import * as z from 'zod';
import { defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { type HistoryEntry, historyOf, type RecordKind, verifyChain } from '../records/index.ts';
import { itemParams } from './lists.ts';

const Entry = z.strictObject({
  id: z.string(),
  time: z.string(),
  action: z.string(),
  by: z.strictObject({ user: z.string(), name: z.string() }),
  reason: z.string().nullable(),
  requestId: z.string(),
  address: z.string().nullable(),
  hash: z.string(),
  records: z.array(
    z.strictObject({ id: z.string(), kind: z.string(), version: z.number(), patch: z.array(z.unknown()) }),
  ),
});

const Report = z.strictObject({
  intact: z.boolean(),
  versions: z.number(),
  broken: z.strictObject({ change: z.string(), why: z.string() }).nullable(),
});

/** `GET …/:id/history` and `GET …/:id/verify` for records of a kind. `hidden` names fields that no view shows. */
export function historyEndpoints(
  kind: RecordKind,
  path: string,
  hidden: readonly string[] = [],
): readonly Endpoint[] {
  const access = { permission: kind.readPermission };
  return [
    defineEndpoint({
      id: `${kind.name}.history`,
      method: 'GET',
      path: `${path}/:id/history`,
      access,
      summary: 'Who changed what, when and why, oldest first.',
      params: itemParams,
      replies: { 200: { description: 'The history.', schema: z.strictObject({ items: z.array(Entry) }) } },
      handle: async ({ caller, params }, platform) => {
        const scope = platform.records.for(caller).scopeOf(kind, params.id);
        const record = await scope.get(kind, params.id);
        const entries = await historyOf(scope, record);
        return ok({ items: entries.map(entry => withoutFields(entry, hidden)) }, record);
      },
    }),
    defineEndpoint({
      id: `${kind.name}.verify`,
      method: 'GET',
      path: `${path}/:id/verify`,
      access,
      summary: 'Checks the chain of hashes over every version.',
      params: itemParams,
      replies: { 200: { description: 'What the check found.', schema: Report } },
      handle: async ({ caller, params }, platform) => {
        const scope = platform.records.for(caller).scopeOf(kind, params.id);
        return ok(await verifyChain(scope, await scope.get(kind, params.id)));
      },
    }),
  ];
}

/** The entry as it may be shown; the chain of hashes is over what is stored, so it is checked elsewhere. */
function withoutFields(entry: HistoryEntry, hidden: readonly string[]): HistoryEntry {
  if (hidden.length === 0) return entry;
  const records = entry.records.map(({ patch, ...record }) => ({
    ...record,
    patch: patch.filter(step => !isAbout(step, hidden)).map(step => withoutMembers(step, hidden)),
  }));
  return { ...entry, records };
}

function isAbout(step: unknown, hidden: readonly string[]): boolean {
  const { path } = step as { path: string }; // every step of an RFC 6902 patch has a path
  return path.split('/').some(name => hidden.includes(name));
}

function withoutMembers(value: unknown, hidden: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map(member => withoutMembers(member, hidden));
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.entries(value).filter(([name]) => !hidden.includes(name));
  return Object.fromEntries(shown.map(([name, member]) => [name, withoutMembers(member, hidden)]));
}
