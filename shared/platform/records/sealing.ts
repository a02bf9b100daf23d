import type { Keyring, PersonKeys } from '../keys/index.ts';
import type { AsFound } from './change-as-found.ts';
import { ERASED, note, type Owner, openEnvelope, type Persons, readEnvelope, sealValue } from './envelope.ts';
import { mapPersonal } from './map-personal.ts';
import { type ChangeParts, noteChange, openChange } from './open-change.ts';
import { type PersonalPlan, planOf, type Spot } from './personal-plan.ts';
import type { RecordKind } from './record-kind.ts';

/** What has a schema that says which of its fields are personal: records and states. */
export type Sealed = Pick<RecordKind, 'name' | 'schema'>;

/** A state of data in clear and as it stands at rest. */
export type BothWays = { readonly data: unknown; readonly stored: unknown };

/**
 * The data as it will stand at rest. A value that has not changed stays sealed as it is, so that a patch says only what did
 * change; what is about somebody whose key is known to be destroyed is marked as erased.
 */
export function sealData(
  keys: PersonKeys,
  owner: Owner,
  plan: PersonalPlan | undefined,
  data: unknown,
  before?: BothWays,
): unknown {
  if (plan === undefined) return data;
  const kept = keptOf(plan, owner.id, before);
  return mapPersonal(plan, data, owner.id, (value, spot) => {
    const isErased = keys.get(spot.sealedFor) === null;
    const before = isErased ? undefined : kept.get(keyOf(value, spot));
    return before ?? sealValue(keys, owner, spot, value);
  });
}

/** The data without what is about somebody whose key is known to be destroyed, as it would be read. */
export function withoutErased(keys: PersonKeys, { schema }: Sealed, id: string, data: unknown): unknown {
  return mapPersonal(planOf(schema), data, id, (value, { sealedFor: person, erased }) =>
    keys.get(person) === null ? erased : value,
  );
}

/** Under whose keys new values of the data must be sealed. */
export function sealedFor(
  plan: PersonalPlan | undefined,
  id: string,
  data: unknown,
  before?: BothWays,
): readonly string[] {
  if (plan === undefined) return [];
  const kept = keptOf(plan, id, before);
  const persons = new Set<string>();
  mapPersonal(plan, data, id, (value, spot) => {
    if (!kept.has(keyOf(value, spot))) persons.add(spot.sealedFor);
    return value;
  });
  return [...persons];
}

function keyOf(value: unknown, { path, about }: Spot): string {
  return JSON.stringify([path, about, value]);
}

/** What stands at rest for each value that was there before. Both ways have the same shape, so they are walked side by side. */
function keptOf(plan: PersonalPlan, id: string, before: BothWays | undefined): ReadonlyMap<string, unknown> {
  const kept = new Map<string, unknown>();
  if (before === undefined) return kept;
  const stored: unknown[] = [];
  mapPersonal(plan, before.stored, id, value => {
    stored.push(value);
    return value;
  });
  let index = 0;
  mapPersonal(plan, before.data, id, (value, spot) => {
    kept.set(keyOf(value, spot), stored[index]);
    index += 1;
    return value;
  });
  return kept;
}

/** Opens what stands at rest, for whoever may read it. */
export type Opener = {
  /** The data in clear; values of somebody who was erased are marked so. */
  data(kind: Sealed, id: string, stored: unknown): Promise<unknown>;
  /** The same for many, with one look for the keys that are not in memory. */
  all(
    kind: Sealed,
    rows: readonly { readonly id: string; readonly data: unknown }[],
  ): Promise<readonly unknown[]>;
  /** Those of these people whose keys were destroyed. */
  erased(persons: Iterable<string>): Promise<ReadonlySet<string>>;
  /** Changes as they were found, with who made them, from where, and what they say in their patches. What cannot be opened is named. */
  changes<T extends ChangeParts>(changes: readonly AsFound<T>[]): Promise<readonly AsFound<T>[]>;
};

/** The same, but a key that was destroyed a moment ago opens nothing: for what is behind the present, which holds more. */
export function freshOpenerOf({ find }: Pick<Keyring, 'find'>, tenant: string): Opener {
  return openerOf({ find: (of, persons, versions) => find(of, persons, versions, true) }, tenant);
}

/** Hears of a value that cannot be opened: of which record, and where in it. */
type Unreadable = (id: string, path: string) => void;

/**
 * What opens values of one tenant. What cannot be opened was written by nobody who had the keys: that throws, or is null where
 * `unreadable` is told of it.
 */
export function openerOf(keyring: Pick<Keyring, 'find'>, tenant: string, unreadable?: Unreadable): Opener {
  const all: Opener['all'] = async (kind, rows) => {
    const plan = planOf(kind.schema);
    if (plan === undefined) return rows.map(({ data }) => data);
    const persons: Persons = new Map();
    for (const { id, data } of rows)
      mapPersonal(plan, data, id, value => {
        note(readEnvelope(value), persons);
        return value;
      });
    const keys = await keyring.find(tenant, persons.keys(), persons);
    return rows.map(({ id, data }) =>
      openData(keys, { tenant, kind: kind.name, id }, plan, data, unreadable),
    );
  };
  const changes: Opener['changes'] = async found => {
    const persons: Persons = new Map();
    for (const change of found) noteChange(change, persons);
    const keys = await keyring.find(tenant, persons.keys(), persons);
    return found.map(change => openChange(keys, tenant, change));
  };
  return {
    all,
    changes,
    erased: async persons => {
      const keys = await keyring.find(tenant, persons);
      return new Set([...keys].filter(([, key]) => key === null).map(([person]) => person));
    },
    data: async (kind, id, stored) => (await all(kind, [{ id, data: stored }]))[0],
  };
}

function openData(
  keys: PersonKeys,
  owner: Owner,
  plan: PersonalPlan,
  stored: unknown,
  unreadable?: Unreadable,
): unknown {
  return mapPersonal(plan, stored, owner.id, (value, spot) => {
    try {
      return openAt(keys, owner, value, spot);
    } catch (error) {
      if (unreadable === undefined) throw error;
      unreadable(owner.id, spot.path);
      return null;
    }
  });
}

function openAt(keys: PersonKeys, owner: Owner, value: unknown, spot: Spot): unknown {
  const envelope = readEnvelope(value);
  if (envelope?.path !== spot.path || envelope.person !== spot.sealedFor)
    throw new Error(`${owner.id}: what stands at ${spot.path} was sealed for another place`);
  const opened = openEnvelope(keys, owner, envelope);
  return opened === ERASED ? spot.erased : opened;
}
