import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Composition } from '../../functions/compose.ts';
import { faults } from '../../local/faults/client.ts';
import { type Stack, startStack } from '../../local/supervisor/stack.ts';
import { type Outgoing, relayOnce } from '../../shared/platform/messaging/index.ts';
import { feedReader } from '../../shared/platform/records/index.ts';
import { openTestProduct } from '../product.ts';
import { allChanges, makeNote } from './note.ts';

const TENANTS = ['tnt_a', 'tnt_b', 'tnt_c', 'tnt_d', 'tnt_e', 'tnt_f'];
/** What the product's settings ask for and this test never calls. */
const ELSEWHERE = {
  SERVICE_BUS:
    'Endpoint=sb://localhost:1;SharedAccessKeyName=k;SharedAccessKey=s;UseDevelopmentEmulator=true;',
  BLOB_VAULT_ENDPOINT: 'https://localhost:1/vault',
  BLOB_EXCHANGE_ENDPOINT: 'https://localhost:1/exchange',
};

describe('the relay', () => {
  let dataDir: string;
  let stack: Stack;
  const open = (): Composition => openTestProduct({ ...ELSEWHERE, ...stack.settings });

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-relay-'));
    stack = await startStack({ dataDir, ports: 'free', servers: ['cosmos', 'key-vault'] });
  });
  after(async () => {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function relay(
    { stores }: Composition,
    send: (messages: readonly Outgoing[]) => void,
  ): Promise<void> {
    const messenger = {
      send: async (messages: readonly Outgoing[]) => send(messages),
      probe: async () => undefined,
      close: async () => undefined,
    };
    await relayOnce({ feed: feedReader(stores.records), leases: stores.leases, messenger });
  }

  async function split(range: string): Promise<void> {
    const database = stack.settings['COSMOS_DATABASE'];
    await faults(stack).on('cosmos').act('split', { database, container: 'records', range });
  }

  test('tells what is in ranges that were split before it got through them the first time', async () => {
    const product = open();
    const notes = await Promise.all(TENANTS.map(tenant => makeNote(product.platform, tenant)));
    const out = (messages: readonly Outgoing[]): void => {
      if (messages.length > 0) throw new Error('Service Bus is out');
    };
    await assert.rejects(relay(product, out), /is out/);
    const container = await product.stores.records.container();
    const { resources } = await container.readPartitionKeyRanges().fetchAll();
    for (const { id } of resources) await split(id);

    const heard = new Set<string>();
    const another = open();
    const listen = (messages: readonly Outgoing[]): void => {
      for (const { id } of messages) heard.add(id);
    };
    // The first finds that ranges are gone, the second reads what took their place.
    await relay(another, listen);
    await relay(another, listen);
    for (const { scope } of notes) {
      const [change] = await allChanges(scope);
      assert.ok(change !== undefined && heard.has(change.id), 'every change was told');
    }
    await relay(another, messages => assert.equal(messages.length, 0, 'and is not told again'));
  });

  test('does not wait for a change that no commit wrote', async () => {
    const product = open();
    const container = await product.stores.records.container();
    await container.items.create({
      id: 'chg_x',
      tenantId: 'tnt_g',
      scope: 'note_g',
      type: 'change',
      touches: 5,
    });
    const { scope } = await makeNote(product.platform, 'tnt_g');
    const [change] = await allChanges(scope);
    const heard: string[] = [];
    await relay(product, messages => heard.push(...messages.map(({ id }) => id)));
    assert.ok(change !== undefined && heard.includes(change.id));
    assert.ok(!heard.includes('chg_x'));
  });
});
