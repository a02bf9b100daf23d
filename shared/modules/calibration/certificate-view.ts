import type * as z from 'zod';
import type { Saved } from '../../platform/records/index.ts';
import type { CertificateData, CertificateSummary, CertificateView } from './certificate.ts';
import { viewOf } from './schema.ts';

/** A certificate as clients see it. */
export function certificateView(certificate: Saved<CertificateData>): z.infer<typeof CertificateView> {
  const { artifact, ...view } = viewOf(certificate);
  return { ...view, sha256: artifact?.sha256 ?? null, bytes: artifact?.bytes ?? null };
}

/** A certificate as lists show it. */
export function certificateSummary(certificate: Saved<CertificateData>): z.infer<typeof CertificateSummary> {
  const { id, version, createdAt, updatedAt, number, srfId, itemId, revision, state, issuedAt, sha256 } =
    certificateView(certificate);
  return { id, version, createdAt, updatedAt, number, srfId, itemId, revision, state, issuedAt, sha256 };
}
