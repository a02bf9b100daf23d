import type { Artifact } from '../../platform/blobs/index.ts';
import type { Saved } from '../../platform/records/index.ts';
import type { CertificateData } from './certificate.ts';
import type { SrfData } from './srf.ts';

/** A rendered certificate becomes valid: what is left of everything that it touches. */
export type Issued = {
  readonly certificate: CertificateData;
  readonly srf: SrfData;
  /** The certificate that it replaces, unless that one was revoked. */
  readonly replaced: CertificateData | undefined;
};

/** Issues a certificate; the request follows when every item has one. Pure. */
export function issueCertificate(
  certificate: Saved<CertificateData>,
  srf: SrfData,
  replaced: CertificateData | undefined,
  artifact: Artifact,
  at: string,
): Issued {
  const { number, revision, itemId } = certificate.data;
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
