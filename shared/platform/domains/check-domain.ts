import { AppError, type Caller } from '../../kernel/index.ts';
import type { RecordsDoor, Saved } from '../records/index.ts';
import {
  type CustomDomain,
  type DomainDirectory,
  domainKind,
  type PublishTools,
  publishTenant,
} from '../tenancy/index.ts';
import type { DomainEdge } from './edge.ts';
import { proofNameOf, proofTextOf } from './hostname.ts';
import { type Findings, judgeDomain } from './judge-domain.ts';
import type { NameServers } from './name-servers.ts';

export type DomainTools = {
  readonly directory: DomainDirectory;
  readonly nameServers: NameServers;
  readonly edge: DomainEdge;
};

export type CheckTools = PublishTools & {
  readonly records: RecordsDoor;
  readonly domains: DomainTools;
  readonly now: () => Date;
};

const SCOPE = 'domains';

/**
 * Looks at a domain as the world sees it now, decides, and tells the directory, whatever a check before left undone.
 * A proved name is taken over all tenants before the record says that it is verified, so no two ever say so.
 */
export async function checkDomain(tools: CheckTools, caller: Caller, id: string): Promise<void> {
  const scope = tools.records.for(caller).scope(SCOPE);
  const domain = await scope.get(domainKind, id);
  const after = judgeDomain(domain.data, await look(tools, caller, domain), tools.now());
  if (isOpen(domain.data) && after !== domain.data) {
    const action = `platform.domain.${after.status === domain.data.status ? 'checked' : after.status}`;
    await unlessChanged(scope.commit({ action, update: [{ record: domain, data: after }] }));
  }
  await settleDomain(tools, caller, await scope.get(domainKind, id));
  // Whether it just became the primary one, nobody said to whom requests come: that is told whenever one is.
  const { status, primary } = domain.data;
  if (after.status !== status || status === 'removed' || primary) await publishTenant(tools, caller.tenant);
}

/** Tells the directory what the record says. */
export function settleDomain(
  { domains }: Pick<CheckTools, 'domains'>,
  { tenant }: Caller,
  { id, version, data }: Saved<CustomDomain>,
): Promise<void> {
  const { hostname, status } = data;
  const state = status === 'active' ? 'active' : status === 'verified' ? 'claimed' : 'released';
  if (status === 'pending') return Promise.resolve();
  return domains.directory.settle({ hostname, tenant, record: id, version, state });
}

/** Nothing is to be found out about a domain that was given up. */
async function look(
  { domains }: CheckTools,
  { tenant }: Caller,
  { id, data }: Saved<CustomDomain>,
): Promise<Findings> {
  if (!isOpen(data)) return { proof: 'unknown', isOurs: false, isServed: false };
  const { hostname, token } = data;
  const texts = await domains.nameServers.texts(proofNameOf(hostname));
  if (texts === undefined) return { proof: 'unknown', isOurs: false, isServed: false };
  if (!texts.includes(proofTextOf(token))) return { proof: 'missing', isOurs: false, isServed: false };
  const isOurs = await domains.directory.claim(hostname, { tenant, record: id });
  return { proof: 'found', isOurs, isServed: isOurs && (await domains.edge.serves(hostname)) };
}

/** Somebody was faster: what stands now is told to the directory, so that nothing stays claimed in vain. */
async function unlessChanged(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
  }
}

function isOpen({ status }: CustomDomain): boolean {
  return status !== 'removed' && status !== 'failed';
}
