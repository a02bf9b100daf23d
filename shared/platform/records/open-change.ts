import type { PersonKeys } from '../keys/index.ts';
import { type AsFound, UNREADABLE } from './change-as-found.ts';
import type { ChangeDocument } from './documents.ts';
import { ERASED, note, type Owner, openEnvelope, type Persons, readEnvelope } from './envelope.ts';
import { personOf } from './map-personal.ts';
import { COMMON, ERASED_TEXT, type Spot } from './personal-plan.ts';

/** What is sealed of a change. */
export type ChangeParts = AsFound<
  Pick<ChangeDocument, 'id' | 'by' | 'address'> & Partial<Pick<ChangeDocument, 'touches'>>
>;

/** A change with what it says in clear; what cannot be opened was put there by nobody who had the keys, and is named. */
export function openChange<T extends ChangeParts>(keys: PersonKeys, tenant: string, change: T): T {
  const { by, address, touches, unreadable = [], ...rest } = change;
  const own = { tenant, kind: 'change', id: change.id };
  const lost = new Set(unreadable);
  const open = (path: string, sealedFor: string, stored: string): string => {
    try {
      return openText(keys, own, { path, sealedFor }, stored);
    } catch {
      lost.add(path.replaceAll('/', '.'));
      return UNREADABLE;
    }
  };
  const person = personOf(by.user);
  const opened = {
    by: {
      ...by,
      name: open('by/name', person, by.name),
      ...(by.operator === undefined
        ? {}
        : { operator: { ...by.operator, name: open('by/operator/name', COMMON, by.operator.name) } }),
    },
    address: address === null ? null : open('address', person, address),
  };
  return {
    ...rest,
    ...opened,
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
    ...(lost.size === 0 ? {} : { unreadable: [...lost] }),
  } as unknown as T; // the same members, opened
}

function openText(
  keys: PersonKeys,
  owner: Owner,
  { path, sealedFor: person }: Pick<Spot, 'path' | 'sealedFor'>,
  stored: string,
): string {
  const envelope = readEnvelope(stored);
  if (envelope?.path !== path || envelope.person !== person)
    throw new Error(`${owner.id}: what stands at ${path} was sealed for another place`);
  const opened = openEnvelope(keys, owner, envelope);
  return opened === ERASED ? ERASED_TEXT : String(opened);
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

/** Whose keys the personal values of a change take. */
export function noteChange({ by, address, touches }: ChangeParts, persons: Persons): void {
  collect([by, address, touches], persons);
}

function collect(value: unknown, persons: Persons): void {
  const envelope = readEnvelope(value);
  if (envelope !== undefined) note(envelope, persons);
  else if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) collect(member, persons);
}
