import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { jobKind } from '../../platform/jobs/index.ts';
import type { Saved, Scope, TenantRecords } from '../../platform/records/index.ts';
import { type CertificateData, certificateKind } from './certificate.ts';
import type { SrfContext } from './guards.ts';
import { tenantOf } from './local-day.ts';
import { type ObservationData, observationKind } from './observation.ts';
import { type SrfData, srfKind } from './srf.ts';
import { type StandardData, standardKind } from './standard.ts';
import { certifiable } from './workflow.ts';

/** A request with everything that its transitions depend on. */
export type LoadedSrf = {
  readonly srf: Saved<SrfData>;
  readonly observations: readonly Saved<ObservationData>[];
  /** Certificates that were asked for and whose job failed. */
  readonly stuck: readonly Saved<CertificateData>[];
  readonly context: SrfContext;
};

/**
 * Reads a request and then its observations, the standards they used and, where it matters, its certificates. The
 * order matters: every commit of an observation changes the request's ETag, so what was written after the request was
 * read fails the commit that was decided on it, and what was written before is seen by the later read. Should that
 * read be behind all the same, the hashes that signatures carry do not match (decision 6).
 */
export async function loadSrf(
  platform: Capabilities,
  caller: Caller,
  id: string,
  assignee?: string,
): Promise<LoadedSrf> {
  const records = platform.records.for(caller);
  const scope = records.scopeOf(srfKind, id);
  const srf = await scope.get(srfKind, id);
  const [observations, certificates] = await Promise.all([
    scope.all(observationKind),
    certifiable.includes(srf.data.state) ? scope.all(certificateKind) : [],
  ]);
  const [standards, issuing, { timeZone, workflow }] = await Promise.all([
    readStandards(records, observations),
    readIssuing(scope, certificates),
    tenantOf(platform, caller),
  ]);
  const context: SrfContext = {
    srf: srf.data,
    observations: observations.map(observation => observation.data),
    standards,
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
function readIssuing(
  scope: Scope,
  certificates: readonly Saved<CertificateData>[],
): Promise<readonly { readonly certificate: Saved<CertificateData>; readonly failed: boolean }[]> {
  const issuing = certificates.filter(({ data }) => data.state === 'issuing');
  return Promise.all(
    issuing.map(async certificate => {
      const job = await scope.find(jobKind, certificate.data.jobId);
      return { certificate, failed: job?.data.state === 'failed' };
    }),
  );
}

async function readStandards(
  records: TenantRecords,
  observations: readonly Saved<ObservationData>[],
): Promise<ReadonlyMap<string, StandardData>> {
  const ids = new Set(observations.map(observation => observation.data.standard.id));
  const found = await Promise.all([...ids].map(id => records.find(standardKind, id)));
  return new Map(found.flatMap(record => (record === undefined ? [] : [[record.id, record.data]])));
}
