import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import type { Saved, TenantRecords } from '../../platform/records/index.ts';
import { certificateKind } from './certificate.ts';
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
  readonly context: SrfContext;
};

/** Reads a request, its observations, the standards they used and, where it matters, its certificates. */
export async function loadSrf(
  platform: Capabilities,
  caller: Caller,
  id: string,
  assignee?: string,
): Promise<LoadedSrf> {
  const records = platform.records.for(caller);
  const scope = records.scopeOf(srfKind, id);
  const srf = await scope.get(srfKind, id);
  // Only now, as `expectable` says.
  const [observations, certificates] = await Promise.all([
    scope.all(observationKind),
    certifiable.includes(srf.data.state) ? scope.all(certificateKind) : [],
  ]);
  const [standards, { timeZone }] = await Promise.all([
    readStandards(records, observations),
    tenantOf(platform, caller),
  ]);
  const context: SrfContext = {
    srf: srf.data,
    observations: observations.map(observation => observation.data),
    standards,
    certificateUnderWay: certificates.some(certificate => certificate.data.state === 'issuing'),
    user: caller.user,
    assignee,
    timeZone,
  };
  return { srf, observations, context };
}

async function readStandards(
  records: TenantRecords,
  observations: readonly Saved<ObservationData>[],
): Promise<ReadonlyMap<string, StandardData>> {
  const ids = new Set(observations.map(observation => observation.data.standard.id));
  const found = await Promise.all([...ids].map(id => records.find(standardKind, id)));
  return new Map(found.flatMap(record => (record === undefined ? [] : [[record.id, record.data]])));
}

/** A commit holds 100 operations; the others are the request, the certificate, its job and number, change and reply. */
const MOST_EXPECTED = 90;

/**
 * The observations that a commit which decided on them should expect, beside the request. Two things keep it from
 * certifying readings that have changed:
 * - The request is read before its observations, and every commit of an observation changes the request's ETag. What
 *   was written after the request was read therefore fails the commit, and what was written before is seen by the
 *   later read, whose session is at least as far. This holds for any number of observations.
 * - Where they fit into one batch, each observation's own ETag is compared too. It does not depend on the order of
 *   reads, nor on how the database keeps sessions.
 */
export function expectable(
  observations: readonly Saved<ObservationData>[],
): readonly Saved<ObservationData>[] {
  return observations.length <= MOST_EXPECTED ? observations : [];
}
