import { AppError, derivedKey, secondsAfter, systemCaller, timestamp } from '../../kernel/index.ts';
import { askForJob, jobKind } from '../jobs/index.ts';
import type { RecordKind, RecordsDoor, Store } from '../records/index.ts';
import type { TenantDirectory } from '../tenancy/index.ts';
import { DISPOSE_JOB } from './dispose-job.ts';

export type DisposalTools = {
  /** Container `records`. */
  readonly store: Pick<Store, 'queryAcross'>;
  readonly records: RecordsDoor;
  readonly tenants: Pick<TenantDirectory, 'byId'>;
  readonly kinds: readonly RecordKind[];
  readonly now: () => Date;
};

const SCOPE = 'retention';
const DAY_SECONDS = 86_400;

/**
 * Asks for a disposal, once a day at most, in each active tenant that has something which may be past its retention. For the platform's own tick.
 * Suspended tenants keep what they have until they are served again. Returns for how many it was asked.
 */
export async function askForDisposals(tools: DisposalTools): Promise<number> {
  const least = Math.min(...tools.kinds.flatMap(({ retention }) => retention?.leastDays ?? []));
  if (!Number.isFinite(least)) return 0;
  const rows = await tools.store.queryAcross<{ readonly tenantId: string }>({
    text: "SELECT DISTINCT c.tenantId FROM c WHERE c.type = 'record' AND c.ix.overSince < @cutoff",
    parameters: { cutoff: timestamp(secondsAfter(tools.now(), -least * DAY_SECONDS)) },
  });
  let asked = 0;
  for (const { tenantId } of rows) if (await ask(tools, tenantId)) asked += 1;
  return asked;
}

async function ask({ records, tenants, now }: DisposalTools, id: string): Promise<boolean> {
  const tenant = await tenants.byId(id);
  if (tenant?.status !== 'active') return false;
  const caller = systemCaller(tenant.id, tenant.slug, 'retention');
  const scope = records.for(caller).scope(SCOPE);
  const request = { name: DISPOSE_JOB, queue: 'jobs', subject: tenant.id, scope: SCOPE };
  const key = derivedKey(DISPOSE_JOB, tenant.id, timestamp(now()).slice(0, 10));
  const job = askForJob(caller, key, now(), request);
  if ((await scope.find(jobKind, job.id)) !== undefined) return false;
  try {
    const action = 'platform.retention.disposal_asked';
    await scope.commit({ action, create: [job.create], jobs: [job.call], events: [] });
    return true;
  } catch (error) {
    if (error instanceof AppError && error.fault.status === 409) return false;
    throw error;
  }
}
