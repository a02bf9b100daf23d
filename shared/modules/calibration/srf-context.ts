import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { jobKind } from '../../platform/jobs/index.ts';
import {
  type RecordKind,
  recordFault,
  type Saved,
  type TenantRecords,
  type Together,
} from '../../platform/records/index.ts';
import { type CertificateData, certificateKind } from './certificate.ts';
import type { SrfContext } from './guards.ts';
import { tenantOf } from './local-day.ts';
import { type ObservationData, observationKind } from './observation.ts';
import { type SrfData, srfKind } from './srf.ts';
import { standardKind } from './standard.ts';
import { certifiable } from './workflow.ts';

/** A request with everything in its scope that its transitions depend on. */
export type LoadedSrf = {
  readonly srf: Saved<SrfData>;
  readonly observations: readonly Saved<ObservationData>[];
  /** Certificates that were asked for and whose job failed. */
  readonly stuck: readonly Saved<CertificateData>[];
  /** As if no standard had been withdrawn since it was used; `standardsNow` tells which were. */
  readonly context: SrfContext;
};

const KINDS = [srfKind, observationKind, certificateKind, jobKind] as unknown as readonly RecordKind[];

/**
 * Reads a request with its observations and certificates, by one query. The request is the oldest of its scope, so it comes first, and
 * nothing else was read before it: every commit of an observation changes the request's ETag, so what was written after the request was
 * read fails the commit that was decided on it, and what was written before is seen. Should the read be behind all the same, the hashes
 * that signatures carry do not match (decision 6).
 */
export async function loadSrf(
  platform: Capabilities,
  caller: Caller,
  id: string,
  assignee?: string,
): Promise<LoadedSrf> {
  const scope = platform.records.for(caller).scopeOf(srfKind, id);
  const [found, { timeZone, workflow }] = await Promise.all([
    scope.together(KINDS),
    tenantOf(platform, caller),
  ]);
  const srf = found.all(srfKind).find(record => record.id === id);
  if (srf === undefined) throw recordFault('platform.not_found', { id });
  const observations = found.all(observationKind);
  const issuing = certifiable.includes(srf.data.state) ? issuingOf(found) : [];
  const used = new Set(observations.map(({ data }) => data.standard.id));
  const context: SrfContext = {
    srf: srf.data,
    observations: observations.map(observation => observation.data),
    standards: new Map([...used].map(standard => [standard, { status: 'active' }])),
    certificateUnderWay: issuing.some(({ failed }) => !failed),
    user: caller.user,
    assignee,
    timeZone,
    reviewRequired: workflow?.reviewRequired === true,
  };
  const stuck = issuing.flatMap(({ certificate, failed }) => (failed ? [certificate] : []));
  return { srf, observations, stuck, context };
}

/** Certificates that are not issued yet, each with whether its job has given up. */
function issuingOf(
  found: Together,
): readonly { readonly certificate: Saved<CertificateData>; readonly failed: boolean }[] {
  const jobs = new Map(found.all(jobKind).map(job => [job.id, job.data.state]));
  const issuing = found.all(certificateKind).filter(({ data }) => data.state === 'issuing');
  return issuing.map(certificate => ({
    certificate,
    failed: jobs.get(certificate.data.jobId) === 'failed',
  }));
}

/** The standards that observations used, as they are now. */
export async function standardsNow(
  records: TenantRecords,
  { observations }: LoadedSrf,
): Promise<SrfContext['standards']> {
  const ids = new Set(observations.map(observation => observation.data.standard.id));
  const found = await Promise.all([...ids].map(id => records.find(standardKind, id)));
  return new Map(found.flatMap(record => (record === undefined ? [] : [[record.id, record.data]])));
}
