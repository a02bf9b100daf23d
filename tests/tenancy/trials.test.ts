import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinId, secondsAfter, systemCaller, timestamp } from '../../shared/kernel/index.ts';
import { sweepTenants } from '../../shared/platform/provisioning/index.ts';
import type { RecordKind, RecordsDoor } from '../../shared/platform/records/index.ts';
import {
  PLATFORM,
  PLATFORM_SLUG,
  type TenantAccount,
  tenantKind,
} from '../../shared/platform/tenancy/index.ts';
import { openTestProduct } from '../product.ts';

const AN_HOUR = 3600;
const { platform } = openTestProduct();
const register = platform.records.for(systemCaller(PLATFORM, PLATFORM_SLUG, 'test'));

/** A tenant on trial in the register, and nowhere else; no sweep of the stack's finds its trial over. */
async function onTrial(hours: number): Promise<{ readonly id: string; readonly slug: string }> {
  const id = joinId(tenantKind.prefix, undefined, platform.newKey());
  const slug = `t${id.slice(-16)}`;
  const now = platform.now();
  const data: TenantAccount = {
    ...{ slug, name: slug, status: 'active', statusReason: null, region: 'local', origin: 'operator' },
    subscription: {
      ...{ plan: 'none', state: 'trial', since: timestamp(now) },
      trialEndsAt: timestamp(secondsAfter(now, hours * AN_HOUR)),
    },
    ...{ overrides: { limits: {}, quotas: {}, features: [] }, beginnings: null, eraseAt: null },
  };
  const create = [{ kind: tenantKind as RecordKind, id, data }];
  await register.scope(id).commit({ action: 'test.ordered', create, events: [] });
  return { id, slug };
}

/** The register of these alone: the tenants of other tests are theirs. */
function only(slugs: readonly string[]): RecordsDoor {
  return {
    for: (...whose) => {
      const door = platform.records.for(...whose);
      return {
        ...door,
        list: (kind, query) =>
          door.list(kind, { ...query, where: { ...query.where, slug: { oneOf: slugs } } }),
      };
    },
  };
}

test('trials that are over end, more than one sweep looks at as well, and no other does', async () => {
  const over = await Promise.all([30, 25, 40, 35, 45].map(onTrial));
  const running = await onTrial(100);
  const records = only([...over, running].map(({ slug }) => slug));
  const now = (): Date => secondsAfter(platform.now(), 72 * AN_HOUR);
  const seen: number[] = [];
  for (let sweeps = 0; sweeps < 4; sweeps += 1) seen.push(await sweepTenants({ records, now }, 2));
  assert.deepEqual(seen, [2, 2, 1, 0]);
  const stateOf = async ({ id }: { id: string }) => (await register.get(tenantKind, id)).data.subscription;
  for (const account of over) {
    const { state, since, trialEndsAt } = await stateOf(account);
    assert.deepEqual([state, since], ['past_due', trialEndsAt], 'it owes since its trial ended');
  }
  assert.equal((await stateOf(running)).state, 'trial');
});
