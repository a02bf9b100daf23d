import * as z from 'zod';
import { defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { type RecordKind, recordFault, type Saved, type Scope } from '../records/index.ts';
import { proseText } from '../texts/index.ts';
import { itemParams } from './lists.ts';

const Reason = proseText(2000);
const Body = z.strictObject({ reason: Reason });

/** Records with a `status` that is `active` or `inactive`, and how clients see them. */
export type Activity<T> = {
  readonly kind: RecordKind<T>;
  readonly path: string;
  readonly permission: string;
  /** As it stands in sentences: `a customer`. */
  readonly noun: string;
  readonly view: z.ZodType;
  readonly show: (record: Saved<T>) => unknown;
};

/**
 * `POST …/deactivate` and `…/reactivate`, and `DELETE` for what nothing refers to. What is in use answers 409 with who
 * uses it; a deleted record keeps its history, by which it can be brought back.
 */
export function activityEndpoints<T extends { readonly status: 'active' | 'inactive' }>(
  parts: Activity<T>,
): readonly Endpoint[] {
  return [
    statusEndpoint(parts, 'deactivate', 'inactive'),
    statusEndpoint(parts, 'reactivate', 'active'),
    deleteEndpoint(parts),
  ];
}

async function current<T>(scope: Scope, kind: RecordKind<T>, id: string, ifMatch: number): Promise<Saved<T>> {
  const record = await scope.get(kind, id);
  if (record.version !== ifMatch) throw recordFault('platform.version_stale', { version: record.version });
  return record;
}

function statusEndpoint<T extends { readonly status: 'active' | 'inactive' }>(
  { kind, path, permission, noun, view, show }: Activity<T>,
  action: 'deactivate' | 'reactivate',
  status: 'active' | 'inactive',
): Endpoint {
  const what =
    action === 'deactivate' ? 'what refers to it stays, new work cannot use it' : 'new work can use it';
  return defineEndpoint({
    id: `${kind.name}.${action}`,
    method: 'POST',
    path: `${path}/:id/${action}`,
    access: { permission },
    summary: `Makes ${noun} ${status}: ${what}.`,
    params: itemParams,
    body: Body,
    ifMatch: true,
    example: { body: { reason: action === 'deactivate' ? 'Out of service.' : 'Back in service.' } },
    replies: { 200: { description: 'Done.', schema: view } },
    faults: ['platform.reference_gone'],
    handle: async ({ caller, params, body, ifMatch }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind as RecordKind, params.id);
      const record = await current(scope, kind, params.id, ifMatch);
      const answer = (saved: ReadonlyMap<string, Saved<unknown>>) => {
        const after = saved.get(record.id) as Saved<T>; // the commit below wrote it
        return ok(show(after), after);
      };
      const { saved, reply } = await scope.commit({
        action: `${kind.name}.${action}d`,
        reason: body.reason,
        update: [{ record, data: { ...record.data, status } }],
        reply: answer,
      });
      return reply ?? answer(saved);
    },
  });
}

function deleteEndpoint<T>({ kind, path, permission, noun }: Activity<T>): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.delete`,
    method: 'DELETE',
    path: `${path}/:id`,
    access: { permission },
    summary: `Deletes ${noun} that nothing refers to. Its history stays.`,
    params: itemParams,
    ifMatch: true,
    replies: { 204: { description: 'Deleted.' } },
    faults: ['platform.in_use'],
    handle: async ({ caller, params, ifMatch }, platform) => {
      const scope = platform.records.for(caller).scopeOf(kind as RecordKind, params.id);
      const record = await current(scope, kind, params.id, ifMatch);
      await scope.commit({ action: `${kind.name}.deleted`, remove: [record] });
      return { status: 204, headers: {}, body: undefined };
    },
  });
}
