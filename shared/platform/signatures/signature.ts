import * as z from 'zod';
import { contentHash } from '../../kernel/index.ts';
import { defineRecord, type RecordKind } from '../records/index.ts';

/** What a signature says of its signer's part (21 CFR 11.50). */
export const Meaning = z.enum(['author', 'review', 'approval', 'responsibility']);

/** Somebody's signature under a record, in the record's own scope. It never changes; what it was put under may. */
export const Signature = z
  .strictObject({
    subject: z.string(),
    subjectKind: z.string(),
    /** Of the record when it was signed. */
    version: z.number().int(),
    /** Hash of the change that made that version, and so of all that led to it. */
    chain: z.string(),
    meaning: Meaning,
    user: z.string(),
    /** The signer's printed name and position, as they were. */
    name: z.string().meta({ personal: true, kept: '21 CFR 11.50' }),
    /** Kept with the name: the digest binds it. */
    position: z.string().meta({ personal: true, kept: '21 CFR 11.70' }).nullable(),
    at: z.string(),
    /** SHA-256 of what was signed, as canonical JSON. */
    content: z.string(),
    /** SHA-256 of all of the above together, so that no part of it can be moved to another signature (11.70). */
    digest: z.string(),
  })
  .meta({ person: 'user' });
export type SignatureData = z.infer<typeof Signature>;

export const signatureKind = defineRecord({
  name: 'platform.signature',
  prefix: 'sgn',
  home: 'within',
  schema: Signature,
  indexed: ({ subject, user, meaning }) => ({ subject, user, meaning }),
  readPermission: 'platform.signature:read',
});

/** What the history calls the signing of records of a kind. */
export function signedAction({ name }: Pick<RecordKind, 'name'>): string {
  return `${name}.signed`;
}

/** A signature under what was read. */
export function sign(parts: Omit<SignatureData, 'content' | 'digest'>, content: unknown): SignatureData {
  const open = { ...parts, content: contentHash(content) };
  return { ...open, digest: contentHash(open) };
}

/** Whether a signature still is what its signer put there. */
export function isWhole({ digest, ...open }: SignatureData): boolean {
  return contentHash(open) === digest;
}
