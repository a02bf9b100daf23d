import type { ZodObject, ZodType } from 'zod';
import {
  activityEndpoints,
  defineList,
  historyEndpoints,
  itemParams,
  type ListDefinition,
  signatureEndpoints,
} from '../../platform/endpoints/index.ts';
import {
  created,
  defineEndpoint,
  type Endpoint,
  fieldErrorsOf,
  httpFault,
  ok,
} from '../../platform/http/index.ts';
import {
  type Indexed,
  newRecordId,
  type RecordKind,
  recordFault,
  type Saved,
  type Scope,
  type Sortable,
} from '../../platform/records/index.ts';
import { calibrationFault } from './faults.ts';
import { viewOf } from './schema.ts';

/** Records that are written, listed, read and changed and that have no workflow: customers, equipment, … */
type MasterData<Data extends Active, New, Ix extends Indexed = Indexed, By extends Sortable = Sortable> = {
  readonly kind: RecordKind<Data, Ix, By>;
  readonly path: string;
  /** As it stands in sentences. */
  readonly noun: readonly [one: string, many: string];
  readonly view: ZodObject;
  readonly create: ZodType<New>;
  readonly change: ZodType<object>;
  /** The indexed fields that lists may be narrowed by. */
  readonly filters: NonNullable<ListDefinition<Data, Ix, By>['filters']>;
  /** The blinded values that they may be narrowed by. */
  readonly personal?: ListDefinition<Data, Ix, By>['personal'];
  readonly sorts: readonly (keyof By & string)[];
  /** The record that this one belongs to, must be there, and stays the same: changes cannot name it. */
  readonly owner?: {
    readonly kind: RecordKind;
    readonly field: keyof Data & string;
    readonly idOf: (data: Data) => string;
  };
  readonly example: { readonly create: unknown; readonly change: unknown };
};

type Active = { readonly status: 'active' | 'inactive' };

/** Create, list, read, change, history and verify for one kind of master data. */
export function masterDataEndpoints<
  Data extends Active,
  New extends object,
  Ix extends Indexed,
  By extends Sortable,
>(kind: MasterData<Data, New, Ix, By>): readonly Endpoint[] {
  return [
    createEndpoint(kind),
    defineList({
      id: `${kind.kind.name}.list`,
      path: kind.path,
      summary: `${kind.noun[1]}, newest first.`,
      kind: kind.kind,
      filters: kind.filters,
      personal: kind.personal,
      sorts: kind.sorts,
      view: kind.view,
      show: viewOf,
    }),
    readEndpoint(kind),
    changeEndpoint(kind),
    ...activityEndpoints({
      kind: kind.kind,
      path: kind.path,
      permission: writeAccess(kind.kind as RecordKind).permission,
      noun: kind.noun[0],
      view: kind.view,
      show: viewOf,
    }),
    ...signatureEndpoints({
      kind: kind.kind,
      path: kind.path,
      permission: writeAccess(kind.kind as RecordKind).permission,
      // Whether it is in use is not what is signed.
      content: ({ status: _status, ...signed }) => signed,
    }),
    ...historyEndpoints(kind.kind as RecordKind, kind.path),
  ];
}

function writeAccess(kind: RecordKind): { permission: string } {
  return { permission: kind.readPermission.replace(/:read$/, ':write') };
}

function createEndpoint<Data extends Active, New extends object>(parts: MasterData<Data, New>): Endpoint {
  const kind = parts.kind as RecordKind; // kinds are stored in lists of unknown data
  return defineEndpoint({
    id: `${kind.name}.create`,
    method: 'POST',
    path: parts.path,
    access: writeAccess(kind),
    summary: `Adds ${parts.noun[0]}.`,
    body: parts.create,
    creates: kind,
    example: { body: parts.example.create },
    replies: { 201: { description: 'Added.', schema: parts.view } },
    faults: ownFaults(parts),
    handle: async ({ caller, body, newKey }, platform) => {
      const id = newRecordId(kind, newKey());
      const data = whole(parts.kind, { ...body, status: 'active' });
      const scope = platform.records.for(caller).scopeOf(kind, id);
      await requireOwner(scope, parts, data);
      const location = `/api/v1${parts.path}/${id}`;
      const { reply } = await scope.commit({
        action: `${kind.name}.created`,
        create: [{ kind, id, data }],
        reply: saved => created(location, viewOf(saved.get(id) as Saved<Data>), saved.get(id)),
      });
      return reply ?? created(location, undefined);
    },
  });
}

function readEndpoint<Data extends Active, New extends object>(parts: MasterData<Data, New>): Endpoint {
  return defineEndpoint({
    id: `${parts.kind.name}.read`,
    method: 'GET',
    path: `${parts.path}/:id`,
    access: { permission: parts.kind.readPermission },
    summary: `Reads ${parts.noun[0]}.`,
    params: itemParams,
    replies: { 200: { description: 'Here it is.', schema: parts.view } },
    handle: async ({ caller, params }, platform) => {
      const record = await platform.records.for(caller).get(parts.kind, params.id);
      return ok(viewOf(record), record);
    },
  });
}

function changeEndpoint<Data extends Active, New extends object>(parts: MasterData<Data, New>): Endpoint {
  const kind = parts.kind as RecordKind; // kinds are stored in lists of unknown data
  return defineEndpoint({
    id: `${kind.name}.change`,
    method: 'PATCH',
    path: `${parts.path}/:id`,
    access: writeAccess(kind),
    summary: `Changes ${parts.noun[0]}; fields that are not sent stay.`,
    params: itemParams,
    body: parts.change,
    ifMatch: true,
    example: { body: parts.example.change },
    replies: { 200: { description: 'Changed.', schema: parts.view } },
    handle: async ({ caller, params, body, ifMatch }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind, params.id);
      const record = await scope.get(parts.kind, params.id);
      if (record.version !== ifMatch)
        throw recordFault('platform.version_stale', { version: record.version });
      const data = whole(parts.kind, { ...record.data, ...body });
      const { saved } = await scope.commit({
        action: `${kind.name}.changed`,
        update: [{ record, data }],
      });
      const after = saved.get(record.id) as Saved<Data>;
      return ok(viewOf(after), after);
    },
  });
}

function ownFaults<Data extends Active, New>({ owner }: MasterData<Data, New>): readonly string[] {
  return owner === undefined ? [] : ['calibration.reference_unknown', 'platform.reference_gone'];
}

async function requireOwner<Data extends Active, New>(
  scope: Scope,
  { owner }: MasterData<Data, New>,
  data: Data,
): Promise<void> {
  if (owner === undefined) return;
  const id = owner.idOf(data);
  if ((await scope.referTo(owner.kind, id)) === undefined)
    throw calibrationFault('calibration.reference_unknown', { field: `/${owner.field}`, id });
}

/** The record's data when all of it fits together; what does not is pointed at. */
function whole<Data>(kind: RecordKind<Data>, data: unknown): Data {
  const outcome = kind.schema.safeParse(data);
  if (outcome.success) return outcome.data;
  const errors = fieldErrorsOf(outcome.error.issues);
  throw httpFault('platform.input_invalid', { errors });
}
