import { decrypt, encrypt, keyFault, type PersonKeys } from '../keys/index.ts';
import type { Spot } from './personal-plan.ts';

/** What sealed values belong to; it is bound to each of them, so that none can be moved elsewhere. */
export type Owner = { readonly tenant: string; readonly kind: string; readonly id: string };
/** Version 1 of how a sealed value is written: version of the key (0: erased), whose key, place in the schema, ciphertext. */
const FORM = /^~1\.(\d{1,9})\.([~\w-]{1,200})\.([\w/*-]{0,200})\.([\w-]*)$/;
/** What opens to it was about somebody who was erased. */
export const ERASED = Symbol('erased');

export type Envelope = {
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

/** What was sealed, or that it was erased. Throws when it was not sealed for this owner under these keys. */
export function openEnvelope(keys: PersonKeys, owner: Owner, envelope: Envelope): unknown {
  const { version, person, sealed } = envelope;
  if (version === 0) return ERASED;
  const key = keys.get(person);
  if (key === null) return ERASED;
  const bytes = key?.versions.get(version);
  if (bytes === undefined) throw keyFault('platform.keys_not_visible', { tenant: owner.tenant });
  return JSON.parse(decrypt(bytes, contextOf(owner, envelope), sealed).toString('utf8'));
}

/** Of whom something is sealed, and the newest version of their key that it takes. */
export type Persons = Map<string, number>;

/** Notes whose key it takes. */
export function note(envelope: Envelope | undefined, persons: Persons): void {
  if (envelope === undefined) return;
  persons.set(envelope.person, Math.max(envelope.version, persons.get(envelope.person) ?? 0));
}
