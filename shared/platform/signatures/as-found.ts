import type { Found, Saved, Scope } from '../records/index.ts';
import { Signature, type SignatureData } from './signature.ts';
import { altered, type Standing, standingsOf } from './standing.ts';

/** A signature as it is told to readers: what of it can be read, and what is to be said of it. */
export type SignatureAsFound = {
  readonly id: string;
  readonly data: Partial<SignatureData>;
  /** Members that cannot be read, or are no such thing: nobody who had the tenant's keys put them there. */
  readonly unreadable: readonly string[];
  readonly standing: Standing;
};

/** Whether what was found claims to be under a record. */
export function isUnder({ data }: Found, id: string): boolean {
  return (data as { readonly subject?: unknown } | null)?.subject === id;
}

/** Signatures under a record with how they stand. One with a part that cannot be read is altered, and hides no other. */
export async function signaturesAsFound(
  scope: Scope,
  record: Saved<unknown>,
  found: readonly Found[],
  content: (data: unknown) => unknown,
): Promise<readonly SignatureAsFound[]> {
  const whole = found.filter(isWholeSignature);
  const standings = await standingsOf(scope, record, whole, content);
  const standingOf = new Map(whole.map(({ id }, index) => [id, standings[index]]));
  return found.map(signature => ({
    ...readable(signature),
    id: signature.id,
    standing: standingOf.get(signature.id) ?? altered,
  }));
}

function isWholeSignature(found: Found): found is Found & Saved<SignatureData> {
  return found.unreadable.length === 0 && Signature.safeParse(found.data).success;
}

function readable({ data, unreadable }: Found): Pick<SignatureAsFound, 'data' | 'unreadable'> {
  const own = data as Readonly<Record<string, unknown>>; // it has a subject
  const members = Object.entries(Signature.shape).map(([name, schema]) => {
    const member = schema.safeParse(own[name]);
    return [name, member.success && !unreadable.includes(name), member.data] as const;
  });
  return {
    data: Object.fromEntries(members.flatMap(([name, isRead, value]) => (isRead ? [[name, value]] : []))),
    unreadable: members.flatMap(([name, isRead]) => (isRead ? [] : [name])),
  };
}
