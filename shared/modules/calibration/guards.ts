import { type Duty, type Guard, separatedFrom } from '../../kernel/index.ts';
import { localDay } from './local-day.ts';
import type { ObservationData, Run } from './observation.ts';
import type { Stamp } from './schema.ts';
import { signedHash } from './signed-content.ts';
import type { SrfData } from './srf.ts';
import { isStampWhole } from './stamp.ts';
import { type StandardData, whyUnusable } from './standard.ts';

/** What the guards of a transition look at. */
export type SrfContext = {
  readonly srf: SrfData;
  readonly observations: readonly ObservationData[];
  /** The standards that the observations used, as they are now. */
  readonly standards: ReadonlyMap<string, Pick<StandardData, 'status'>>;
  /** A certificate was asked for and is not issued yet. */
  readonly certificateUnderWay: boolean;
  readonly user: string;
  readonly assignee: string | undefined;
  /** Where the tenant is; days are its days. */
  readonly timeZone: string;
  /** The tenant wants a signed review before every approval. */
  readonly reviewRequired: boolean;
};

type MissingPoint = { readonly itemId: string; readonly pointId: string; readonly run: Run };

/**
 * The test points that still want an observation: one run of each item must be complete, and the second one, when
 * it was begun.
 */
export function missingPoints(
  srf: Pick<SrfData, 'items'>,
  observations: readonly Pick<ObservationData, 'itemId' | 'pointId' | 'run'>[],
): readonly MissingPoint[] {
  const there = new Set(observations.map(({ itemId, pointId, run }) => `${itemId} ${pointId} ${run}`));
  return srf.items.flatMap(item => {
    const begun = (run: Run): boolean =>
      item.testPoints.some(point => there.has(`${item.id} ${point.id} ${run}`));
    const runs: readonly Run[] = begun('as_left')
      ? begun('as_found')
        ? ['as_found', 'as_left']
        : ['as_left']
      : ['as_found'];
    return runs.flatMap(run =>
      item.testPoints
        .filter(point => !there.has(`${item.id} ${point.id} ${run}`))
        .map(point => ({ itemId: item.id, pointId: point.id, run })),
    );
  });
}

export const hasItems: Guard<SrfContext> = {
  code: 'calibration.items_missing',
  refuses: ({ srf }) => (srf.items.length === 0 ? { field: '/items' } : undefined),
};

export const hasTechnician: Guard<SrfContext> = {
  code: 'calibration.technician_missing',
  refuses: ({ srf, assignee }) => (srf.assignedTo === null && assignee === undefined ? {} : undefined),
};

/** Enough to show what is wrong; a client that wants all compares with the observations. */
const MOST_SHOWN = 20;

export const allPointsObserved: Guard<SrfContext> = {
  code: 'calibration.points_not_observed',
  refuses: ({ srf, observations }) => {
    const missing = missingPoints(srf, observations);
    return missing.length === 0
      ? undefined
      : { missing: missing.slice(0, MOST_SHOWN), count: missing.length };
  },
};

/** The standards were valid on the day of use, and none of them was withdrawn since. */
export const standardsValid: Guard<SrfContext> = {
  code: 'calibration.standard_expired',
  refuses: ({ observations, standards, timeZone }) => {
    for (const { standard, takenAt } of observations) {
      const status = standards.get(standard.id)?.status ?? 'inactive';
      const on = localDay(takenAt, timeZone);
      const why = whyUnusable({ ...standard, status }, on);
      if (why !== undefined)
        return {
          standardId: standard.id,
          assetNumber: standard.assetNumber,
          why,
          on,
          validUntil: standard.validUntil,
        };
    }
    return undefined;
  },
};

/** Taking the observations, correcting them, and signing for them. */
const performing: Duty<SrfContext> = {
  name: 'performed',
  code: 'calibration.separation_of_duties',
  doers: ({ srf, observations }) => [
    ...observations.flatMap(({ takenBy, correctedBy }) => [takenBy, ...correctedBy].map(({ user }) => user)),
    ...(srf.performedBy === null ? [] : [srf.performedBy.user]),
  ],
};

/** ISO/IEC 17025 and 21 CFR 11.10(g): nobody signs off their own measurements. */
export const notTheTechnician = separatedFrom(performing);

/** Whether a stamp is whole and was put under what has this hash. */
export function holds(stamp: Stamp, hash: string): boolean {
  return stamp.signed === hash && isStampWhole(stamp);
}

/**
 * 21 CFR 11.70: a signature belongs to what was signed and to nothing else. What is reviewed and approved is what the
 * technician signed and, once there is one, the reviewer.
 */
export const unchangedSinceSigned: Guard<SrfContext> = {
  code: 'calibration.changed_since_signed',
  refuses: ({ srf, observations }) => {
    const hash = signedHash(srf, observations);
    if (srf.performedBy === null || !holds(srf.performedBy, hash)) return { signature: 'performed' };
    return srf.reviewedBy === null || holds(srf.reviewedBy, hash) ? undefined : { signature: 'reviewed' };
  },
};

/** Where the tenant wants one: two pairs of eyes beside the technician's, or one that signs twice. */
export const reviewed: Guard<SrfContext> = {
  code: 'calibration.review_missing',
  refuses: ({ srf, reviewRequired }) => (reviewRequired && srf.reviewedBy === null ? {} : undefined),
};

export const noCertificateUnderWay: Guard<SrfContext> = {
  code: 'calibration.certificate_under_way',
  refuses: ({ certificateUnderWay }) => (certificateUnderWay ? {} : undefined),
};

export const noCertificateIssued: Guard<SrfContext> = {
  code: 'calibration.certificate_issued',
  refuses: ({ srf }) => {
    const numbers = srf.items.flatMap(item => item.certificate?.number ?? []);
    return numbers.length === 0 ? undefined : { numbers };
  },
};
