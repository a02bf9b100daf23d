import * as z from 'zod';
import { attempt, type Caller, may, secondsAfter, timestamp } from '../../../kernel/index.ts';
import type { Capabilities } from '../../capabilities/index.ts';
import { type ApiRequest, defineEndpoint, type Endpoint, ok } from '../../http/index.ts';
import { PUBLISH_JOB } from '../../provisioning/index.ts';
import {
  GRACE_DAYS,
  type TenantAction,
  tenancyFault,
  tenantKind,
  tenantLifecycle,
} from '../../tenancy/index.ts';
import { proseText } from '../../texts/index.ts';
import { jobParts } from '../commit-job.ts';
import { type Change, changeRecord } from '../current-record.ts';
import { itemParams } from '../lists.ts';
import { assertNotUnderWay } from './retry-provisioning.ts';
import { type SavedTenant, TenantView, tenantView } from './tenant-view.ts';

const Move = z.strictObject({ reason: proseText(500).optional() });

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
    ...(move === 'schedule-deletion' ? { stepUp: true } : {}),
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
    handle: async (request, platform) => {
      const { caller, params, body } = request;
      const moving = await changeAccount(platform, request, params.id, async account => {
        await assertNotUnderWay(platform, caller, account);
        const data = moved(caller, account.data, move, body.reason, platform.now());
        return { action: MOVES[move][0], reason: body.reason, data };
      });
      return ok(tenantView(moving), moving);
    },
  });
}

/** The account after a move of its life. Pure. */
function moved(caller: Caller, account: Account, move: Move, reason: string | undefined, now: Date): Account {
  const served = account.beginnings === null;
  const outcome = attempt(tenantLifecycle, account.status, move, { served }, permission =>
    may(caller, permission),
  );
  if (outcome === undefined || outcome.refusals.length > 0) {
    throw tenancyFault('platform.tenant_transition_not_open', { action: move, status: account.status });
  }
  if (outcome.needsReason && reason === undefined) {
    throw tenancyFault('platform.reason_missing', { action: move });
  }
  // What nobody was ever served from is gone with the next sweep.
  const grace = served ? GRACE_DAYS * 86_400 : 0;
  const eraseAt = move === 'schedule-deletion' ? timestamp(secondsAfter(now, grace)) : null;
  return { ...account, status: outcome.to, statusReason: reason ?? null, eraseAt };
}

type Asking = Pick<ApiRequest<unknown, unknown, unknown>, 'caller' | 'ifMatch' | 'newKey'>;
type AccountChange = Pick<Change<Account>, 'action' | 'reason' | 'data'>;

/** Commits a change of the register and tells the directory: by a job, which is sent at once. */
export function changeAccount(
  platform: Capabilities,
  asking: Asking,
  id: string,
  decide: (account: SavedTenant) => AccountChange | Promise<AccountChange>,
): Promise<SavedTenant> {
  return changeRecord(platform, asking, tenantKind, id, async account => {
    const change = await decide(account);
    const { create, jobs } = jobParts(platform, asking, { name: PUBLISH_JOB, subject: id, scope: id });
    return { ...change, create, jobs };
  });
}

export const moveEndpoints = (Object.keys(MOVES) as Move[]).map(moveEndpoint);
