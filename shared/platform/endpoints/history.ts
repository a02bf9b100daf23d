import * as z from 'zod';
import { type Caller, may } from '../../kernel/index.ts';
import { type Access, defineEndpoint, type Endpoint, ok, wholeNumber } from '../http/index.ts';
import { type RecordKind, recordFault, statesAt } from '../records/index.ts';
import { compare } from './compare.ts';
import { patchWithoutHidden, withoutHidden } from './hidden.ts';
import { Id, itemParams, listQuery, pageOf, pageReply, unreadable } from './lists.ts';
import { rollbackEndpoint } from './rollback.ts';

const Person = { user: z.string(), name: z.string() };
/** `operator` is who really acted, in the person's place. */
const Who = z.strictObject({ ...Person, operator: z.strictObject(Person).optional() });

const Commit = z.strictObject({
  id: z.string(),
  time: z.string(),
  action: z.string(),
  by: Who,
  reason: z.string().nullable(),
  requestId: z.string(),
  address: z.string().nullable().meta({ description: 'From where; only for whoever may read the audit.' }),
  hash: z.string(),
  unreadable,
});

const Entry = Commit.extend({
  records: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.string(),
      version: z.number(),
      patch: z.array(z.unknown()),
      withheld: z
        .literal(true)
        .optional()
        .meta({ description: 'The patch is left out: you may not read records of this kind.' }),
    }),
  ),
});

const PastVersion = z.strictObject({ version: z.number().int(), change: Commit, data: z.unknown() });

const Difference = z.strictObject({
  from: z.number().int(),
  to: z.number().int(),
  patch: z.array(z.unknown()).meta({ description: 'RFC 6902: from the first version to the second one.' }),
  fields: z.array(z.strictObject({ field: z.string(), before: z.unknown(), after: z.unknown() })),
});

const Report = z.strictObject({
  intact: z.boolean(),
  versions: z.number(),
  broken: z.strictObject({ change: z.string(), why: z.string() }).nullable(),
});

const MOST_VERSIONS = 999_999_999;
const Version = wholeNumber(1, MOST_VERSIONS);

/** What the endpoints below are made from: a kind, where its records are, and fields that no view shows. */
type Historic = {
  readonly kind: RecordKind;
  readonly path: string;
  readonly hidden: readonly string[];
  readonly access: Access;
};

/**
 * History, any version, the difference of two, verification and, where the kind allows it, rollback for records of a kind.
 * `hidden` names fields that no view shows; `wholeTenant` keeps out whoever is limited to branches.
 */
export function historyEndpoints(
  kind: RecordKind,
  path: string,
  hidden: readonly string[] = [],
  access: Access = { permission: kind.readPermission },
  wholeTenant = false,
): readonly Endpoint[] {
  const parts = { kind, path, hidden, access };
  const endpoints = [
    historyEndpoint(parts),
    versionEndpoint(parts),
    diffEndpoint(parts),
    verifyEndpoint(parts),
    ...(kind.rollback === undefined ? [] : [rollbackEndpoint(kind, path, kind.rollback)]),
  ];
  return endpoints.map(endpoint => ({ ...endpoint, wholeTenant }));
}

/** From where somebody worked is not about the record. */
function shownTo(caller: Caller, address: string | null): string | null {
  return may(caller, 'platform.audit:read') ? address : null;
}

function historyEndpoint({ kind, path, hidden, access }: Historic): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.history`,
    method: 'GET',
    path: `${path}/:id/history`,
    access,
    summary: 'Who changed what, when and why, oldest first unless asked otherwise.',
    params: itemParams,
    query: listQuery.extend({ order: z.enum(['oldest', 'newest']).default('oldest') }),
    replies: { 200: { description: 'A page of the history.', schema: pageOf(Entry) } },
    handle: async ({ caller, params, query, url }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind, params.id);
      const page = await scope.history(await scope.ever(kind, params.id), query);
      return pageReply(url, page, entry => ({
        ...entry,
        address: shownTo(caller, entry.address),
        records: entry.records.map(record => ({
          ...record,
          patch: patchWithoutHidden(record.patch, hidden),
        })),
      }));
    },
  });
}

function versionEndpoint({ kind, path, hidden, access }: Historic): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.version`,
    method: 'GET',
    path: `${path}/:id/history/:version`,
    access,
    summary: 'The record as it was in a version, rebuilt from its changes, with who made it so.',
    params: z.strictObject({ id: Id, version: Version }),
    replies: { 200: { description: 'The record as it was.', schema: PastVersion } },
    faults: ['platform.history_broken'],
    handle: async ({ caller, params }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind, params.id);
      const record = await scope.ever(kind, params.id);
      const past = (await statesAt(scope, record, [params.version])).get(params.version);
      if (past === undefined) throw recordFault('platform.not_found', { id: params.id });
      const { id, time, action, by, reason, requestId, hash, unreadable: lost } = past.change;
      const address = shownTo(caller, past.change.address);
      const change = { id, time, action, by, reason, requestId, address, hash, unreadable: lost };
      return ok({ version: past.version, change, data: withoutHidden(past.data, hidden) });
    },
  });
}

function diffEndpoint({ kind, path, hidden, access }: Historic): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.diff`,
    method: 'GET',
    path: `${path}/:id/diff`,
    access,
    summary:
      'What two versions differ in; the last change unless versions are named. Version 0 is before the first.',
    params: itemParams,
    query: z.strictObject({
      from: wholeNumber(0, MOST_VERSIONS).optional(),
      to: Version.optional(),
    }),
    replies: { 200: { description: 'The difference.', schema: Difference } },
    faults: ['platform.history_broken'],
    handle: async ({ caller, params, query }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind, params.id);
      const record = await scope.ever(kind, params.id);
      const to = query.to ?? record.version;
      const from = query.from ?? to - 1;
      const states = await statesAt(scope, record, [from, to]);
      const stateOf = (version: number): unknown => {
        const state = states.get(version);
        if (state === undefined && version !== 0) throw recordFault('platform.not_found', { id: params.id });
        return withoutHidden(state?.data ?? null, hidden);
      };
      return ok({ from, to, ...compare(stateOf(from), stateOf(to)) });
    },
  });
}

function verifyEndpoint({ kind, path, access }: Historic): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.verify`,
    method: 'GET',
    path: `${path}/:id/verify`,
    access,
    summary:
      'Checks the chain of hashes over every version, and that all of them together make the present one, with its dates and with what lists find it by.',
    params: itemParams,
    replies: { 200: { description: 'What the check found.', schema: Report } },
    handle: async ({ caller, params }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind, params.id);
      return ok(await scope.verify(kind, params.id));
    },
  });
}
