import * as z from 'zod';
import { derivedKey } from '../../kernel/index.ts';
import { defineRecord, newRecordId } from '../../platform/records/index.ts';
import { CertificateContent } from './documents/certificate-content.ts';
import { InstantText, LongText, recordFields } from './schema.ts';

export { CertificateContent };

export const CertificateState = z.enum(['issuing', 'issued', 'superseded', 'revoked', 'withdrawn']);

const Artifact = z.strictObject({
  blob: z.string(),
  mediaType: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
});

/** A certificate: its number, its frozen content and, once rendered, its file. Issued ones never change but in state. */
export const Certificate = z.strictObject({
  number: z.string(),
  srfId: z.string(),
  itemId: z.string(),
  revision: z.number().int().nonnegative(),
  state: CertificateState,
  /** What somebody needs beside the number to verify the certificate. */
  verificationCode: z.string(),
  content: CertificateContent,
  contentHash: z.string(),
  /** What the signatures on it vouch for: the hash that whoever approved the request signed. */
  signed: z.string(),
  artifact: Artifact.nullable(),
  jobId: z.string(),
  issuedAt: InstantText.nullable(),
  supersedes: z.string().nullable(),
  supersededBy: z.string().nullable(),
  revocation: z.strictObject({ at: InstantText, reason: LongText }).nullable(),
  /** When and why it was given up before it was issued. Its number stays its own. */
  withdrawal: z.strictObject({ at: InstantText, reason: LongText }).nullable(),
});
export type CertificateData = z.infer<typeof Certificate>;

/** A certificate as clients see it; where its file lies is nobody's business. */
export const CertificateView = Certificate.omit({ artifact: true }).extend({
  ...recordFields,
  sha256: z.string().nullable().meta({ description: 'SHA-256 of the PDF, once it is issued.' }),
  bytes: z.number().int().nullable(),
});

/** A certificate as lists show it. */
export const CertificateSummary = CertificateView.pick({
  id: true,
  version: true,
  createdAt: true,
  updatedAt: true,
  number: true,
  srfId: true,
  itemId: true,
  revision: true,
  state: true,
  issuedAt: true,
  sha256: true,
});

export const certificateKind = defineRecord({
  name: 'calibration.certificate',
  prefix: 'crt',
  home: 'within',
  schema: Certificate,
  files: ({ artifact }) => (artifact === null ? [] : [artifact.blob]),
  indexed: certificate => ({
    number: certificate.number,
    srfId: certificate.srfId,
    customerId: certificate.content.customer.id,
    state: certificate.state,
    issuedAt: certificate.issuedAt ?? undefined,
  }),
  sorted: ({ number, issuedAt }) => ({ number, issuedAt }),
  searchable: ({ number, content }) => [
    { text: number },
    { text: content.item.serial },
    // A person on a certificate is found by their requests: the law keeps the certificate, and not a way to them by name.
    { text: content.customer.form === 'person' ? undefined : content.customer.name },
    { text: content.item.description },
  ],
  readPermission: 'calibration.certificate:read',
  rollback: {
    permission: 'calibration.certificate:revoke',
    // What left the house stays as it left; it can be revoked, and superseded by another one.
    to: ({ state }) => ({ because: state }),
  },
});

/** The id of an item's certificate in a revision: asking twice meets the same certificate. */
export function certificateIdOf(srfId: string, itemId: string, revision: number): string {
  return newRecordId(certificateKind, derivedKey(srfId, itemId, String(revision)), srfId);
}
