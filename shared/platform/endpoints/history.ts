import * as z from 'zod';
import { defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { historyOf, type RecordKind, verifyChain } from '../records/index.ts';
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

/** `GET …/:id/history` and `GET …/:id/verify` for records of a kind. */
export function historyEndpoints(kind: RecordKind, path: string): readonly Endpoint[] {
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
        return ok({ items: await historyOf(scope, record) }, record);
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
