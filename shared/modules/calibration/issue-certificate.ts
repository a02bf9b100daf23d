import type { Artifact } from '../../platform/blobs/index.ts';
import type { Saved } from '../../platform/records/index.ts';
import type { CertificateData } from './certificate.ts';
import { calibrationFault } from './faults.ts';
import type { SrfData } from './srf.ts';
import { certifiable } from './workflow.ts';

/** A rendered certificate becomes valid: what is left of everything that it touches. */
export type Issued = {
  readonly certificate: CertificateData;
  readonly srf: SrfData;
  /** The certificate that it replaces, unless that one was revoked. */
  readonly replaced: CertificateData | undefined;
};

/**
 * Issues a certificate; the request follows when every item has one. Pure. Throws `srf_not_approved` and
 * `changed_since_signed` when the request is no longer the one that it was made from.
 */
export function issueCertificate(
  certificate: Saved<CertificateData>,
  srf: SrfData,
  replaced: CertificateData | undefined,
  artifact: Artifact,
  at: string,
): Issued {
  const { number, revision, itemId } = certificate.data;
  if (!certifiable.includes(srf.state))
    throw calibrationFault('calibration.srf_not_approved', { state: srf.state });
  if (srf.approvedBy?.signed !== certificate.data.signed)
    throw calibrationFault('calibration.changed_since_signed', { signature: 'authorised' });
  const items = srf.items.map(item =>
    item.id === itemId
      ? { ...item, certificate: { id: certificate.id, number, revision, issuedAt: at } }
      : item,
  );
  const complete = srf.state === 'approved' && items.every(item => item.certificate !== null);
  return {
    certificate: { ...certificate.data, state: 'issued', artifact, issuedAt: at },
    srf: { ...srf, items, state: complete ? 'certificate_issued' : srf.state },
    replaced:
      replaced === undefined
        ? undefined
        : {
            ...replaced,
            supersededBy: certificate.id,
            state: replaced.state === 'revoked' ? 'revoked' : 'superseded',
          },
  };
}

/** Gives up a certificate whose job failed. It keeps its number, and nobody can verify what was never issued. Pure. */
export function withdrawCertificate(data: CertificateData, at: string, reason: string): CertificateData {
  return { ...data, state: 'withdrawn', withdrawal: { at, reason } };
}
