import type { Caller } from '../../kernel/index.ts';
import { contentHash } from '../../kernel/index.ts';
import type { Saved, TenantRecords } from '../../platform/records/index.ts';
import { certificateKind } from './certificate.ts';
import type { SrfContext } from './guards.ts';
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
  records: TenantRecords,
  caller: Caller,
  id: string,
  assignee?: string,
): Promise<LoadedSrf> {
  const scope = records.scopeOf(srfKind, id);
  const [srf, observations] = await Promise.all([scope.get(srfKind, id), scope.all(observationKind)]);
  const [standards, certificates] = await Promise.all([
    readStandards(records, observations),
    certifiable.includes(srf.data.state) ? scope.all(certificateKind) : [],
  ]);
  const context: SrfContext = {
    srf: srf.data,
    observations: observations.map(observation => observation.data),
    standards,
    certificateUnderWay: certificates.some(certificate => certificate.data.state === 'issuing'),
    user: caller.user,
    assignee,
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

/** The hash of what a signature on a request vouches for: what was agreed and what was observed. */
export function signedHash(loaded: Pick<LoadedSrf, 'srf' | 'observations'>): string {
  const { decisionRule, items } = loaded.srf.data;
  return contentHash({
    decisionRule,
    items: items.map(({ certificate: _certificate, ...item }) => item),
    observations: loaded.observations.map(({ id, hash }) => [id, hash]),
  });
}
