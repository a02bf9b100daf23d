import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import type { Outgoing } from '../messaging/index.ts';
import { recordFault, type Saved, type TenantRecords } from '../records/index.ts';
import { type DeliverTools, deliver } from './deliver.ts';
import type { DeliveryEntry } from './delivery-log.ts';
import { type WebhookEndpointData, webhookEndpointKind } from './endpoint-record.ts';
import { releaseHeld } from './held-deliveries.ts';

const NOW = new Date('2026-01-02T00:00:00Z');
const MESSAGE = {
  tenantId: 'tnt_one',
  endpointId: 'whk_00000000000000000000000001',
  scope: 'srf_1',
  changeId: 'chg_1',
  event: 0,
  attempt: 1,
};

/** A receiver that answers with `status`, and how often it was called. */
async function receiver(status: number) {
  const calls = { count: 0 };
  const server = createServer((_request, response) => {
    calls.count += 1;
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}/`, calls, close };
}

function endpointWith(data: Partial<WebhookEndpointData>, version = 1): Saved<WebhookEndpointData> {
  return {
    kind: webhookEndpointKind,
    id: MESSAGE.endpointId,
    scope: 'webhooks',
    version,
    hash: '',
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'usr',
    updatedAt: '2026-01-01T00:00:00.000Z',
    data: { url: 'http://127.0.0.1:1/', eventTypes: ['*'], status: 'active', ...data },
    stored: undefined,
    etag: `${version}`,
  };
}

/** Everything that a delivery touches, in memory. The first `stale` commits meet a newer version. */
function setUp(endpoint: Saved<WebhookEndpointData> | undefined, stale = 0, isServed = true) {
  const saved: DeliveryEntry[] = [];
  const sent: Outgoing[] = [];
  const commits: { action: string; status: unknown }[] = [];
  const scope = {
    change: async () => ({
      id: MESSAGE.changeId,
      time: '2026-01-01T12:00:00.000Z',
      events: [{ type: 'test.happened', data: {} }],
      touches: [],
    }),
    commit: async (request: { action: string; update: { data: { status: unknown } }[] }) => {
      commits.push({ action: request.action, status: request.update[0]?.data.status });
      if (commits.length <= stale) throw recordFault('platform.version_stale');
    },
  };
  const records = {
    find: async () => endpoint,
    get: async () => endpoint,
    scope: () => scope,
    scopeOf: () => scope,
  } as unknown as TenantRecords; // only what a delivery calls
  const ends: string[] = [];
  const tools: DeliverTools = {
    records: { for: () => records },
    secrets: {
      get: async () => 'whsec_c2VjcmV0',
      getOrCreate: async () => '',
      remove: async () => undefined,
      probe: async () => undefined,
    },
    deliveries: {
      find: async () => undefined,
      save: async entry => saved.push(entry) > 0,
      list: async () => [],
      tenantsHeld: async () => [MESSAGE.tenantId],
      held: async () => saved.map(entry => ({ ...entry, _etag: '', _ts: 0 })),
    },
    messenger: {
      send: async messages => void sent.push(...messages),
      probe: async () => undefined,
      close: async () => undefined,
    },
    rules: { allowLoopback: true },
    now: () => NOW,
    random: () => 0.5,
    ended: end => void ends.push(end.outcome),
    isServed: async () => isServed,
  };
  return { tools, saved, sent, commits, ends };
}

describe('a delivery', () => {
  test('to an endpoint that cannot be read yet comes later', async () => {
    const { tools, saved } = setUp(undefined);
    await assert.rejects(deliver(tools, MESSAGE), { fault: { status: 503, retry: 'later' } });
    assert.deepEqual(saved, []);
  });

  test('to an endpoint that was switched off ends as failed, and calls nobody', async () => {
    const { url, calls, close } = await receiver(204);
    const { tools, saved, sent, ends } = setUp(endpointWith({ url, status: 'disabled' }));
    await deliver(tools, MESSAGE);
    close();
    assert.deepEqual(ends, ['failed']);
    assert.equal(calls.count, 0);
    assert.equal(saved[0]?.state, 'failed');
    assert.equal(saved[0]?.attempts[0]?.error, 'endpoint disabled');
    assert.deepEqual(sent, []);
  });

  test('that meets an error comes again in about five seconds', async () => {
    const { url, close } = await receiver(500);
    const { tools, saved, sent, ends } = setUp(endpointWith({ url }));
    await deliver(tools, MESSAGE);
    close();
    assert.deepEqual(ends, []);
    assert.equal(saved[0]?.state, 'pending');
    assert.equal(sent[0]?.notBefore?.getTime(), NOW.getTime() + 5000);
  });

  for (const stale of [0, 2]) {
    test(`that meets 410 switches the endpoint off, after ${stale} newer versions`, async () => {
      const { url, close } = await receiver(410);
      const { tools, saved, sent, commits } = setUp(endpointWith({ url }), stale);
      await deliver(tools, MESSAGE);
      close();
      const wanted = { action: 'platform.webhook_endpoint.disabled', status: 'disabled' };
      assert.deepEqual(
        commits,
        Array.from({ length: stale + 1 }, () => wanted),
      );
      assert.equal(saved[0]?.state, 'failed');
      assert.deepEqual(sent, []);
    });
  }

  test('of a suspended tenant is held, and is what it was when it goes on', async () => {
    const { url, calls, close } = await receiver(204);
    const { tools, saved, sent } = setUp(endpointWith({ url }), 0, false);
    await deliver(tools, { ...MESSAGE, attempt: 3 });
    assert.equal(await releaseHeld(tools), 0);
    assert.deepEqual([saved[0]?.state, saved[0]?.attempts, sent, calls.count], ['held', [], [], 0]);
    assert.equal(await releaseHeld({ ...tools, isServed: async () => true }), 1);
    assert.deepEqual(sent[0]?.body, { ...MESSAGE, attempt: 3 });
    close();
  });
});
