import { type Caller, contentHash } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import type { RecordKind, Saved, Scope } from '../../platform/records/index.ts';
import type { CertificateContent, CertificateData } from './certificate.ts';
import { newCode } from './certificate-code.ts';
import { type CertificateSource, certificateContentOf } from './certificate-content-of.ts';
import { evaluable, evaluateItem } from './evaluate-item.ts';
import { calibrationFault } from './faults.ts';
import { holds } from './guards.ts';
import { localDay, tenantOf } from './local-day.ts';
import { holdNumber } from './numbers.ts';
import { type ObservationData, observationKind } from './observation.ts';
import { signedHash } from './signed-content.ts';
import { type SrfData, type SrfItem, srfKind } from './srf.ts';

/** Raised when the look of certificates changes, so that new ones are not answered with old files. */
const TEMPLATE_VERSION = 2;

/** Which certificate is wanted, of what, and how it should look. */
type Order = {
  readonly id: string;
  readonly jobId: string;
  readonly srf: Saved<SrfData>;
  readonly item: SrfItem;
  readonly revision: number;
  readonly replaces: Saved<CertificateData> | undefined;
  readonly language: CertificateContent['language'];
  readonly paper: CertificateContent['paper'];
  /** Why it replaces the other one. */
  readonly reason: string | undefined;
};

/** A certificate that only has to be committed, together with its number and what it was made from. */
type Draft = {
  readonly data: CertificateData;
  readonly claim: { readonly id: string; readonly owner: string };
};

/**
 * Makes a certificate's content from the approved request and holds a number for it. Throws
 * `changed_since_signed` when it is not what was approved, and `certificate_incomplete`.
 */
export async function draftCertificate(
  platform: Capabilities,
  caller: Caller,
  scope: Scope,
  order: Order,
): Promise<Draft> {
  const { srf, item, revision, replaces } = order;
  // Read after the request, as in loadSrf.
  const [observations, tenant, chain] = await Promise.all([
    scope.all(observationKind),
    tenantOf(platform, caller),
    scope.verify(srfKind as RecordKind, srf.id),
  ]);
  // What digests cannot tell: they take no key.
  if (!chain.intact) throw calibrationFault('calibration.changed_since_signed', { signature: 'chain' });
  const observed = observations.map(observation => observation.data);
  const signed = requireAuthorised(srf.data, observed);
  if (item.agreed === null) throw new Error(`approved request ${srf.id} has no agreement`);
  const { timeZone } = tenant;
  const issuedOn = localDay(platform.now(), timeZone);
  const code = newCode(platform.newKey());
  const source = {
    ...{ revision, issuedOn, tenant, language: order.language, paper: order.paper },
    ...{ srf: srf.data, agreed: item.agreed, points: evaluateItem(srf.data, item, observed) },
    dayOf: (instant: string) => localDay(instant, timeZone),
    ...supersedesOf(order),
  };
  const numbered = (number: string) => ({
    number,
    verification: { url: `${platform.originOf(caller.tenantSlug)}/verify/${number}?code=${code}`, code },
  });
  // Made before it has a number, so that no number is spent on what is refused as incomplete.
  const unnumbered = evaluable(() => certificateContentOf({ ...source, ...numbered('CAL-0000-00000') }));
  const document = { id: order.id, scope: scope.name };
  const held = await holdNumber(platform, caller, 'certificate', issuedOn.slice(0, 4), document);
  const content = { ...unnumbered, ...numbered(held.number) };
  const data: CertificateData = {
    ...{ number: held.number, srfId: srf.id, itemId: item.id, revision, state: 'issuing', content, signed },
    verificationCode: code,
    contentHash: contentHash({ template: TEMPLATE_VERSION, content }),
    ...{ artifact: null, jobId: order.jobId, issuedAt: null, supersedes: replaces?.id ?? null },
    ...{ supersededBy: null, revocation: null, withdrawal: null },
  };
  return { data, claim: held.claim };
}

/**
 * The hash of what stands in the request now, when that is what was approved. Throws `changed_since_signed`, which
 * may be tried again: a read that was behind looks the same.
 */
export function requireAuthorised(srf: SrfData, observations: readonly ObservationData[]): string {
  const hash = signedHash(srf, observations);
  const { performedBy, reviewedBy, approvedBy } = srf;
  const isHeld = approvedBy !== null && holds(approvedBy, hash);
  const shown = [performedBy, reviewedBy].filter(stamp => stamp !== null);
  // All of them are printed on what comes of this.
  if (!isHeld || !shown.every(stamp => holds(stamp, hash)))
    throw calibrationFault('calibration.changed_since_signed', { signature: 'authorised' });
  return hash;
}

function supersedesOf({ replaces, reason }: Order): Pick<CertificateSource, 'supersedes'> {
  if (replaces === undefined) return {};
  const { number, revision } = replaces.data;
  return { supersedes: { number, revision, reason: reason ?? '' } };
}
