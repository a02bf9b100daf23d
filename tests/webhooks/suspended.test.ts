import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { openReceiver, type Receiver } from '../../scripts/demo/receiver.ts';
import { newRecordId } from '../../shared/platform/records/index.ts';
import type { Tenant } from '../../shared/platform/tenancy/index.ts';
import { ownTenant } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';

describe('deliveries of a suspended tenant', () => {
  const { platform, app } = openTestProduct();
  let tenant: OwnTenant;
  let receiver: Receiver;
  let log: string;

  before(async () => {
    [tenant, receiver] = await Promise.all([ownTenant(), openReceiver()]);
    const wish = { url: receiver.url, eventTypes: ['calibration.customer.*'] };
    const { id } = expectStatus(
      await tenant.owner.post('/api/v1/webhook-endpoints', wish),
      201,
      'an endpoint',
    );
    log = `/api/v1/webhook-endpoints/${id}/deliveries`;
    receiver.trust((await tenant.owner.get(`/api/v1/webhook-endpoints/${id}/secret`)).body.secret);
  });
  after(() => receiver?.close());

  const become = (status: Tenant['status'], account: number): Promise<void> =>
    platform.tenants.publish(
      { ...tenant.tenant, status },
      { account, settings: 1, domains: 0, plan: { id: '', version: 0 } },
    );

  type Entry = { readonly state: string; readonly attempts: readonly unknown[] };
  const logged = async (): Promise<readonly Entry[]> => (await tenant.owner.get(log)).body.items;

  /** What an operator's work writes meanwhile. */
  async function writeAnyway(): Promise<void> {
    const kind = app.kinds.find(({ name }) => name === 'calibration.customer') ?? assert.fail();
    const id = newRecordId(kind, platform.newKey());
    const data = { name: 'Meanwhile', address: [], contacts: [], sites: [], status: 'active' };
    const scope = platform.records.for(callerOf(tenant.tenant.id)).scope(id);
    await scope.commit({ action: 'calibration.customer.created', create: [{ kind, id, data }] });
  }

  test('wait without an attempt, and go on when it is served again, each once', async () => {
    receiver.answerWith(500);
    const wish = { name: 'Before', address: [] };
    expectStatus(await tenant.owner.post('/api/v1/customers', wish), 201, 'a customer');
    const { id } = await receiver.waitFor(() => true, 20_000);
    await become('suspended', 2);
    // The worker hears of it within seconds; what comes before may be tried once.
    const isUntried = ({ attempts }: Entry): boolean => attempts.length === 0;
    let held: readonly Entry[] = [];
    for (let count = 2; !held.some(isUntried); count += 1) {
      assert.ok(count < 60, 'the worker does not hear of the suspension');
      await writeAnyway();
      held = await until(
        logged,
        items => items.length === count && items.every(({ state }) => state === 'held'),
        60_000,
        'all are held',
      );
    }
    const tried = held.reduce((sum, { attempts }) => sum + attempts.length, 0);
    assert.equal(receiver.deliveries.length, tried);

    receiver.answerWith(204);
    await become('active', 3);
    await until(
      logged,
      items => items.every(({ state }) => state === 'delivered'),
      150_000,
      'all are delivered',
    );
    assert.equal(receiver.deliveries.length, tried + held.length);
    assert.equal(receiver.deliveries.filter(delivery => delivery.id === id).length, 2);
  });
});
