import * as z from 'zod';
import { attempt, type Caller, may, secondsAfter, timestamp } from '../../../kernel/index.ts';
import type { Capabilities } from '../../capabilities/index.ts';
import { defineEndpoint, type Endpoint, ok } from '../../http/index.ts';
import { askForJob } from '../../jobs/index.ts';
import { PUBLISH_JOB } from '../../provisioning/index.ts';
import { recordFault } from '../../records/index.ts';
import {
  GRACE_DAYS,
  type TenantAction,
  tenancyFault,
  tenantKind,
  tenantLifecycle,
} from '../../tenancy/index.ts';
import { itemParams } from '../lists.ts';
import { assertNotUnderWay } from './retry-provisioning.ts';
import { type SavedTenant, TenantView, tenantView } from './tenant-view.ts';

const Move = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

type Account = SavedTenant['data'];

/** What each move says in history, and in the API's description. */
const MOVES = {
  suspend: ['platform.tenant.suspended', 'Suspends a tenant: only its administrators may read on.'],
  reactivate: ['platform.tenant.reactivated', 'Serves a suspended tenant again.'],
  'schedule-deletion': [
    'platform.tenant.deletion_scheduled',
    'Erases a tenant when its days of grace are over.',
  ],
  'cancel-deletion': [
    'platform.tenant.deletion_cancelled',
    'Keeps a tenant that was to be erased; it stays suspended.',
  ],
} as const satisfies Partial<Record<TenantAction, readonly [action: string, summary: string]>>;
type Move = keyof typeof MOVES;

function moveEndpoint(move: Move): Endpoint {
  const [, summary] = MOVES[move];
  return defineEndpoint({
    id: `platform.tenant.${move.replaceAll('-', '_')}`,
    method: 'POST',
    path: `/tenants/:id/${move}`,
    access: 'operator',
    summary,
    params: itemParams,
    body: Move,
    ifMatch: true,
    example: { body: { reason: 'Asked for by the owner, ticket 4711.' } },
    replies: { 200: { description: 'Done; felt everywhere within a minute.', schema: TenantView } },
    faults: [
      'platform.tenant_transition_not_open',
      'platform.provisioning_under_way',
      'platform.reason_missing',
    ],
    handle: async ({ caller, params, body, ifMatch, newKey }, platform) => {
      const account = await platform.records.for(caller).get(tenantKind, params.id);
      if (account.version !== ifMatch)
        throw recordFault('platform.version_stale', { version: account.version });
      await assertNotUnderWay(platform, caller, account);
      const data = moved(caller, account.data, move, body.reason, platform.now());
      const moving = await changeAccount(
        platform,
        caller,
        account,
        data,
        MOVES[move][0],
        body.reason,
        newKey(),
      );
      return ok(tenantView(moving), moving);
    },
  });
}

/** The account after a move of its life. Pure. */
function moved(caller: Caller, account: Account, move: Move, reason: string | undefined, now: Date): Account {
  const outcome = attempt(tenantLifecycle, account.status, move, undefined, permission =>
    may(caller, permission),
  );
  if (outcome === undefined) {
    throw tenancyFault('platform.tenant_transition_not_open', { action: move, status: account.status });
  }
  if (outcome.needsReason && reason === undefined) {
    throw tenancyFault('platform.reason_missing', { action: move });
  }
  // What nobody was ever served from is gone with the next sweep.
  const grace = account.beginnings === null ? GRACE_DAYS * 86_400 : 0;
  const eraseAt = move === 'schedule-deletion' ? timestamp(secondsAfter(now, grace)) : null;
  return { ...account, status: outcome.to, statusReason: reason ?? null, eraseAt };
}

/** Commits a change of the register and tells the directory: by a job, which is sent at once. */
export async function changeAccount(
  platform: Capabilities,
  caller: Caller,
  account: SavedTenant,
  data: Account,
  action: string,
  reason: string | undefined,
  key: string,
): Promise<SavedTenant> {
  const job = askForJob(caller, key, platform.now(), {
    name: PUBLISH_JOB,
    queue: 'jobs',
    subject: account.id,
    scope: account.id,
  });
  const { saved } = await platform.records
    .for(caller)
    .scope(account.id)
    .commit({ action, reason, update: [{ record: account, data }], create: [job.create], jobs: [job.call] });
  return saved.get(account.id) as SavedTenant; // the commit above changed it
}

export const moveEndpoints = (Object.keys(MOVES) as Move[]).map(moveEndpoint);
