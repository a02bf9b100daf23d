import { decrypt, encrypt, type Keyring, keyFault, type PersonKeys } from '../keys/index.ts';
import type { ChangeDocument } from './documents.ts';
import { mapPersonal } from './map-personal.ts';
import { type PersonalPlan, planOf, type Spot } from './personal-plan.ts';
import type { RecordKind } from './record-kind.ts';

/** What sealed values belong to; it is bound to each of them, so that none can be moved elsewhere. */
export type Owner = { readonly tenant: string; readonly kind: string; readonly id: string };
/** What has a schema that says which of its fields are personal: records and states. */
export type Sealed = Pick<RecordKind, 'name' | 'schema'>;

/** Version 1 of how a sealed value is written: version of the key (0: erased), whose key, place in the schema, ciphertext. */
const FORM = /^~1\.(\d{1,9})\.([~\w-]{1,200})\.([\w/*-]{0,200})\.([\w-]*)$/;
const ERASED = Symbol('erased');

type Envelope = {
  readonly version: number;
  readonly person: string;
  readonly path: string;
  readonly sealed: string;
};

/** What a text says of how it was sealed; undefined when it was not. */
export function readEnvelope(text: unknown): Envelope | undefined {
  if (typeof text !== 'string' || !text.startsWith('~1.')) return undefined;
  const [, version, person, path, sealed] = FORM.exec(text) ?? [];
  if (version === undefined || person === undefined || path === undefined || sealed === undefined)
    return undefined;
  return { version: Number(version), person, path, sealed };
}

function contextOf({ tenant, kind, id }: Owner, { version, person, path }: Omit<Envelope, 'sealed'>): string {
  return JSON.stringify([tenant, kind, id, path, person, version]);
}

/** A value as it stands at rest. What is about somebody who was erased is not written. */
export function sealValue(
  keys: PersonKeys,
  owner: Owner,
  { path, sealedFor: person }: Pick<Spot, 'path' | 'sealedFor'>,
  value: unknown,
): string {
  const key = keys.get(person);
  if (key === undefined) throw new Error('a value is sealed without the key of whom it is about');
  if (key === null) return `~1.0.${person}.${path}.`;
  const version = key.current;
  const bytes = key.versions.get(version);
  if (bytes === undefined) throw new Error('a key lacks its current version');
  const sealed = encrypt(bytes, contextOf(owner, { version, person, path }), JSON.stringify(value));
  return `~1.${version}.${person}.${path}.${sealed}`;
}

function openEnvelope(keys: PersonKeys, owner: Owner, envelope: Envelope): unknown {
  const { version, person, sealed } = envelope;
  if (version === 0) return ERASED;
  const key = keys.get(person);
  if (key === null) return ERASED;
  const bytes = key?.versions.get(version);
  if (bytes === undefined) throw keyFault('platform.keys_not_visible', { tenant: owner.tenant });
  return JSON.parse(decrypt(bytes, contextOf(owner, envelope), sealed).toString('utf8'));
}

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
  /** A change with who made it, from where, and what it says in its patches. */
  /** Those of these people whose keys were destroyed. */
  erased(persons: Iterable<string>): Promise<ReadonlySet<string>>;
  change<T extends ChangeParts>(change: T): Promise<T>;
  changes<T extends ChangeParts>(changes: readonly T[]): Promise<readonly T[]>;
};

type ChangeParts = Pick<ChangeDocument, 'id' | 'by' | 'address'> & Partial<Pick<ChangeDocument, 'touches'>>;

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
    for (const change of found) collect([change.by, change.address, change.touches], persons);
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
    change: async change => (await changes([change]))[0] ?? change,
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

const ERASED_TEXT = '[erased]';

function openChange<T extends ChangeParts>(keys: PersonKeys, tenant: string, change: T): T {
  const { by, address, touches, ...rest } = change;
  const own = { tenant, kind: 'change', id: change.id };
  return {
    ...rest,
    by: {
      ...by,
      name: openText(keys, own, by.name),
      ...(by.operator === undefined
        ? {}
        : { operator: { ...by.operator, name: openText(keys, own, by.operator.name) } }),
    },
    address: address === null ? null : openText(keys, own, address),
    ...(touches === undefined
      ? {}
      : {
          touches: touches.map(({ forward, inverse, ...touch }) => {
            const owner = { tenant, kind: touch.kind, id: touch.id };
            return {
              ...touch,
              forward: openAnywhere(keys, owner, forward),
              inverse: openAnywhere(keys, owner, inverse),
            };
          }),
        }),
  } as unknown as T; // the same members, opened
}

function openText(keys: PersonKeys, owner: Owner, stored: string): unknown {
  const envelope = readEnvelope(stored);
  if (envelope === undefined) throw new Error(`${owner.id}: a personal text is not sealed`);
  const opened = openEnvelope(keys, owner, envelope);
  return opened === ERASED ? ERASED_TEXT : opened;
}

/** Whatever looks sealed and was sealed for this owner, opened. A text that only looks so is what somebody wrote. */
function openAnywhere(keys: PersonKeys, owner: Owner, value: unknown): unknown {
  if (typeof value === 'string') {
    const envelope = readEnvelope(value);
    if (envelope === undefined) return value;
    const known = envelope.version === 0 || keys.has(envelope.person);
    if (!known) return value;
    try {
      const opened = openEnvelope(keys, owner, envelope);
      return opened === ERASED ? ERASED_TEXT : opened;
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(item => openAnywhere(keys, owner, item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, openAnywhere(keys, owner, member)]);
  return Object.fromEntries(entries);
}

/** Of whom something is sealed, and the newest version of their key that it takes. */
type Persons = Map<string, number>;

function note(envelope: Envelope | undefined, persons: Persons): void {
  if (envelope === undefined) return;
  persons.set(envelope.person, Math.max(envelope.version, persons.get(envelope.person) ?? 0));
}

function collect(value: unknown, persons: Persons): void {
  const envelope = readEnvelope(value);
  if (envelope !== undefined) note(envelope, persons);
  else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) collect(member, persons);
}
