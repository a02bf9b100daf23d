import type { Caller } from '../../kernel/index.ts';
import { changeSealedFor } from './change.ts';
import type { CommitRequest } from './commit-request.ts';
import { COMMON, personsIn, planOf } from './personal-plan.ts';
import { sealedFor } from './sealing.ts';
import { stateSealedFor } from './state.ts';

/** The same request with data that was parsed by its kinds' schemas, and where every person has an id. Pure but for `newKey`. */
export function prepareCommit(request: CommitRequest, newKey: () => string): CommitRequest {
  const { create = [], update = [] } = request;
  return {
    ...request,
    create: create.map(({ kind, id, data }) => {
      const parsed = kind.schema.parse(data);
      return { kind, id, data: kind.identify?.(parsed, undefined, newKey) ?? parsed };
    }),
    update: update.map(({ record, data }) => {
      const { kind } = record;
      const parsed = kind.schema.parse(data);
      return { record, data: kind.identify?.(parsed, record.data, newKey) ?? parsed };
    }),
  };
}

/** Whose keys a prepared commit needs, and who of them is new with it. */
export function personsOfCommit(
  caller: Caller,
  { create = [], update = [], states = [], reply, forget }: CommitRequest,
): { readonly persons: ReadonlySet<string>; readonly born: ReadonlySet<string> } {
  const persons = new Set(changeSealedFor(caller));
  const born = new Set<string>();
  if (forget !== undefined) persons.add(forget);
  for (const { kind, id, data } of create) {
    const plan = planOf(kind.schema);
    for (const person of sealedFor(plan, id, data)) persons.add(person);
    born.add(id);
    for (const person of personsIn(plan, data, id)) if (kind.identify !== undefined) born.add(person);
  }
  for (const { record, data } of update)
    for (const person of sealedFor(planOf(record.kind.schema), record.id, data, record)) persons.add(person);
  for (const write of states) for (const person of stateSealedFor(write)) persons.add(person);
  if (reply !== undefined && caller.idempotency !== undefined) persons.add(COMMON);
  return { persons, born };
}
