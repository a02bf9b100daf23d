import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { CustomDomain } from '../tenancy/index.ts';

/** What a check found out. */
export type Findings = {
  /** `unknown`: nobody answered, so nothing is known. */
  readonly proof: 'found' | 'missing' | 'unknown';
  /** Nobody else has the name. Asked for only with the proof at hand. */
  readonly isOurs: boolean;
  /** People who ask for the name reach us, over a certificate that is good. */
  readonly isServed: boolean;
};

/** Days for a new domain to be proved. */
export const PROVE_WITHIN_DAYS = 7;
/** Days for the proof of an active domain to come back: mistakes in a zone are mended within. */
export const GRACE_DAYS = 3;
/** The same while name servers do not answer: their outage is not the owner's will, and no excuse for ever. */
export const SILENCE_DAYS = 14;

/** The domain after a check; the same object when nothing has changed. Pure. */
export function judgeDomain(domain: CustomDomain, findings: Findings, now: Date): CustomDomain {
  const next = domain.status === 'pending' ? prove(domain, findings, now) : keep(domain, findings, now);
  return isSame(domain, next) ? domain : next;
}

function prove(domain: CustomDomain, { proof, isOurs, isServed }: Findings, now: Date): CustomDomain {
  if (proof === 'found' && isOurs) {
    return standing({ ...domain, verifiedAt: timestamp(now), missingSince: null }, isServed);
  }
  const problem = problemOf(proof);
  return isOver(domain.addedAt, PROVE_WITHIN_DAYS, now)
    ? { ...domain, status: 'failed', problem }
    : { ...domain, problem };
}

function keep(domain: CustomDomain, { proof, isOurs, isServed }: Findings, now: Date): CustomDomain {
  if (proof === 'found' && isOurs) return standing({ ...domain, missingSince: null }, isServed);
  const problem = problemOf(proof);
  if (proof === 'found') return ended({ ...domain, problem });
  const missingSince = domain.missingSince ?? timestamp(now);
  const grace = proof === 'missing' ? GRACE_DAYS : SILENCE_DAYS;
  const waiting = { ...domain, missingSince, problem };
  return isOver(missingSince, grace, now) ? ended(waiting) : waiting;
}

/** Once served, a domain stays active while its proof stands: that nobody reaches it harms nobody. */
function standing(domain: CustomDomain, isServed: boolean): CustomDomain {
  if (isServed) return { ...domain, status: 'active', problem: null };
  return { ...domain, status: domain.status === 'active' ? 'active' : 'verified', problem: 'not_served' };
}

function ended(domain: CustomDomain): CustomDomain {
  return { ...domain, status: 'failed', primary: false };
}

function problemOf(proof: Findings['proof']): CustomDomain['problem'] {
  if (proof === 'found') return 'conflicted';
  return proof === 'missing' ? 'proof_missing' : 'dns_unreachable';
}

function isOver(since: string, days: number, now: Date): boolean {
  return timestamp(secondsAfter(now, -days * 86_400)) > since;
}

function isSame(before: CustomDomain, after: CustomDomain): boolean {
  return (Object.keys(after) as (keyof CustomDomain)[]).every(name => before[name] === after[name]);
}
