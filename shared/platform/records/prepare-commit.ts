import type { Caller } from '../../kernel/index.ts';
import type { PersonKeys } from '../keys/index.ts';
import { changeSealedFor } from './change.ts';
import type { CommitRequest } from './commit-request.ts';
import { personsIn, unmarkedBy } from './map-personal.ts';
import { COMMON, planOf } from './personal-plan.ts';
import type { RecordKind } from './record-kind.ts';
import { assertNothingLooksSealed } from './reserved-text.ts';
import { sealedFor, withoutErased } from './sealing.ts';
import { stateSealedFor } from './state.ts';
import { assertNobodyComesBack, assertNoMarkIsTyped } from './writes-about-erased.ts';

/**
 * The same request with data that was parsed by its kinds' schemas, where every person has an id and nothing looks sealed. Pure but for
 * `newKey`.
 */
export function prepareCommit(request: CommitRequest, newKey: () => string): CommitRequest {
  const { create = [], update = [] } = request;
  return {
    ...request,
    create: create.map(({ kind, id, data }) => {
      const parsed = parse(kind, data);
      return { kind, id, data: kind.identify?.(parsed, undefined, newKey) ?? parsed };
    }),
    update: update.map(({ record, data }) => {
      const { kind } = record;
      const parsed = parse(kind, data);
      return { record, data: kind.identify?.(parsed, record.data, newKey) ?? parsed };
    }),
  };
}

function parse({ schema }: RecordKind, data: unknown): unknown {
  const parsed = schema.parse(data);
  assertNothingLooksSealed(parsed);
  return parsed;
}

/**
 * The same request without what is about somebody who was erased: it is neither sealed nor indexed. Throws `person_erased` where it
 * would say something new of them, and `text_reserved` where the mark of somebody erased was typed.
 */
export function writable(request: CommitRequest, keys: PersonKeys): CommitRequest {
  const { create = [], update = [] } = request;
  for (const { kind, id, data } of create) {
    assertNobodyComesBack(keys, { kind, id }, data);
    assertNoMarkIsTyped(keys, { kind, id }, data);
  }
  for (const { record, data } of update) {
    assertNobodyComesBack(keys, record, data, record.data);
    assertNoMarkIsTyped(keys, record, data, record.data);
  }
  return {
    ...request,
    create: create.map(({ kind, id, data }) => ({ kind, id, data: withoutErased(keys, kind, id, data) })),
    update: update.map(({ record, data }) => {
      return { record, data: withoutErased(keys, record.kind, record.id, data) };
    }),
  };
}

/**
 * Whose keys a prepared commit needs, who of them is new with it, and of whom records newly say something: they may have been
 * erased a moment ago, elsewhere.
 */
export function personsOfCommit(
  caller: Caller,
  { create = [], update = [], states = [], reply, forget }: CommitRequest,
): {
  readonly persons: ReadonlySet<string>;
  readonly born: ReadonlySet<string>;
  readonly fresh: ReadonlySet<string>;
} {
  const written = new Set<string>();
  const born = new Set<string>();
  for (const { kind, id, data } of create) {
    const plan = planOf(kind.schema);
    for (const person of sealedFor(plan, id, data)) written.add(person);
    born.add(id);
    for (const person of personsIn(plan, data, id)) if (kind.identify !== undefined) born.add(person);
  }
  for (const { record, data } of update) {
    const plan = planOf(record.kind.schema);
    for (const person of sealedFor(plan, record.id, data, record)) written.add(person);
    for (const spot of unmarkedBy(plan, record.data, data, record.id)) written.add(spot.sealedFor);
  }
  const persons = new Set([...changeSealedFor(caller), ...written]);
  if (forget !== undefined) persons.add(forget);
  for (const write of states) for (const person of stateSealedFor(write)) persons.add(person);
  if (reply !== undefined && caller.idempotency !== undefined) persons.add(COMMON);
  const fresh = new Set([...written].filter(person => person !== COMMON));
  return { persons, born, fresh };
}
