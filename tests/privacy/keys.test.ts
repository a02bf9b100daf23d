import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { openKeyring } from '../../shared/platform/keys/index.ts';
import { openTestProduct } from '../product.ts';

const { platform, stores, wrappingKey } = openTestProduct();
let tenant = '';

/** One more instance, and how often it asked Key Vault. */
function instance(options: { readonly keepMilliseconds?: number } = {}) {
  const asked = { wrap: 0, unwrap: 0 };
  const wrapping = {
    wrap: (bytes: Uint8Array) => {
      asked.wrap += 1;
      return wrappingKey.wrap(bytes);
    },
    unwrap: (wrapped: Parameters<typeof wrappingKey.unwrap>[0]) => {
      asked.unwrap += 1;
      return wrappingKey.unwrap(wrapped);
    },
  };
  return { asked, keyring: openKeyring({ items: stores.keys, wrapping, now: () => new Date(), ...options }) };
}

function bytesOf(keys: Awaited<ReturnType<ReturnType<typeof openKeyring>['find']>>, person: string): string {
  return Buffer.from(keys.get(person)?.versions.get(1) ?? []).toString('hex');
}

describe('keys of a tenant', () => {
  before(() => {
    tenant = `tnt_${platform.newKey()}`;
  });

  test('cost one wrap when they are made, one unwrap in another instance, and nothing while they are in memory', async () => {
    const first = instance();
    const made = await first.keyring.ensure(tenant, ['usr_1', 'usr_2', '~common']);
    await first.keyring.ensure(tenant, ['usr_3']);
    assert.deepEqual(first.asked, { wrap: 1, unwrap: 0 });
    const second = instance();
    const found = await second.keyring.find(tenant, ['usr_1', 'usr_2', 'usr_none']);
    for (let times = 0; times < 20; times += 1) await second.keyring.find(tenant, ['usr_1', 'usr_2']);
    await second.keyring.purpose(tenant, '~blind');
    assert.deepEqual(second.asked, { wrap: 0, unwrap: 1 });
    assert.equal(bytesOf(found, 'usr_1').length, 64);
    assert.equal(bytesOf(found, 'usr_1'), bytesOf(made, 'usr_1'));
    assert.notEqual(bytesOf(found, 'usr_1'), bytesOf(found, 'usr_2'));
    assert.equal(found.has('usr_none'), false);
  });

  test('are the same for however many instances make them at once', async () => {
    const fresh = `tnt_${platform.newKey()}`;
    const instances = Array.from({ length: 6 }, () => instance());
    const made = await Promise.all(
      instances.map(({ keyring }) => keyring.ensure(fresh, ['usr_1', 'usr_2'], new Set(['usr_2']))),
    );
    for (const person of ['usr_1', 'usr_2'])
      assert.equal(new Set(made.map(keys => bytesOf(keys, person))).size, 1);
  });

  test('stand in the database in no form that opens without Key Vault', async () => {
    const { keyring } = instance();
    const bytes = (await keyring.ensure(tenant, ['usr_4'])).get('usr_4')?.versions.get(1) ?? new Uint8Array();
    const rows = await stores.keys.query<{ id: string }>([tenant], {
      text: 'SELECT * FROM c',
      parameters: {},
    });
    const text = JSON.stringify(rows);
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      assert.equal(text.includes(Buffer.from(bytes).toString(encoding)), false);
  });

  test('of an erased person are gone for ever, and in other instances when their memory ends', async () => {
    const [one, other] = [instance(), instance({ keepMilliseconds: 1 })];
    await one.keyring.ensure(tenant, ['usr_5']);
    await other.keyring.find(tenant, ['usr_5']);
    await one.keyring.erase(tenant, 'usr_5');
    await one.keyring.erase(tenant, 'usr_5');
    assert.equal((await one.keyring.ensure(tenant, ['usr_5'])).get('usr_5'), null);
    await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal((await other.keyring.ensure(tenant, ['usr_5'], new Set(['usr_5']))).get('usr_5'), null);
  });

  test('of an erased person are forgotten by all instances that are running, within seconds', async () => {
    const [worker, other] = [openTestProduct(), openTestProduct()];
    await worker.keyring.ensure(tenant, ['usr_6', 'usr_7']);
    const find = async () => (await other.keyring.find(tenant, ['usr_6', 'usr_7'])).get('usr_6');
    await until(find, key => key != null, 10_000, 'the other one has it in memory');
    // The feed has begun: what is read now is kept for as long as keys are.
    await until(
      async () => other.platform.tenants.byId('tnt_nobody'),
      () => true,
      10_000,
      'it follows the feed',
    );
    await worker.platform.privacy.forget(tenant, 'usr_6');
    await until(find, key => key === null, 20_000, 'it is forgotten');
    assert.ok((await other.keyring.find(tenant, ['usr_7'])).get('usr_7'), 'somebody else is not');
  });

  /** News as a test tells them, and a clock of its own. */
  function watched(isHeard: boolean) {
    const listeners: ((topic: string) => void)[] = [];
    const told: string[] = [];
    let isOut = false;
    const clock = { now: Date.now() };
    const news = {
      tell: async (topic: string) => {
        if (isOut) throw new Error('out');
        told.push(topic);
        for (const listener of listeners) listener(topic);
      },
      on: (listener: (topic: string) => void) => void listeners.push(listener),
      covers: () => isHeard,
    };
    let reads = 0;
    const read: typeof stores.keys.read = (...call) => {
      reads += 1;
      return stores.keys.read(...call);
    };
    const now = (): Date => new Date(clock.now);
    const keyring = openKeyring({ items: { ...stores.keys, read }, wrapping: wrappingKey, now, news });
    const cut = (): void => {
      isOut = true;
    };
    return { keyring, told, clock, news, cut, reads: () => reads };
  }

  test('are kept for minutes while news of their end would come, and for half a minute where they would not', async () => {
    await instance().keyring.ensure(tenant, ['usr_8']);
    for (const [isHeard, again] of [
      [true, 0],
      [false, 1],
    ] as const) {
      const { keyring, clock, reads } = watched(isHeard);
      await keyring.find(tenant, ['usr_8']);
      const before = reads();
      clock.now += 31_000;
      await keyring.find(tenant, ['usr_8']);
      assert.equal(reads() - before, again);
    }
  });

  test('that were read anew after news of an end are soon read once more, for reads may be behind', async () => {
    const { keyring, clock, news, reads } = watched(true);
    await keyring.ensure(tenant, ['usr_9']);
    await news.tell(`person-keys:${tenant}`);
    await keyring.find(tenant, ['usr_9']);
    const before = reads();
    clock.now += 16_000;
    await keyring.find(tenant, ['usr_9']);
    assert.equal(reads() - before, 1);
    clock.now += 60_000;
    await keyring.find(tenant, ['usr_9']);
    assert.equal(reads() - before, 1);
  });

  test('whose end could not be told are not erased for whoever asked, who asks again', async () => {
    const { keyring, told, cut } = watched(true);
    await keyring.ensure(tenant, ['usr_10']);
    cut();
    await assert.rejects(keyring.erase(tenant, 'usr_10'), /out/);
    assert.deepEqual(told, []);
  });

  test('of the purposes of a tenant, and the one over all, are never erased alone', async () => {
    const { keyring } = instance();
    const whole = await keyring.ensure(tenant, ['~common', '~blind', '~identity', '~cursors']);
    for (const name of ['~common', '~blind', '~identity', '~cursors', '~tenant', '~other'])
      await assert.rejects(keyring.erase(tenant, name), /goes with it alone/, name);
    const found = await instance().keyring.find(tenant, whole.keys());
    for (const name of whole.keys()) assert.equal(bytesOf(found, name), bytesOf(whole, name), name);
  });

  test('end with the tenant', async () => {
    const gone = `tnt_${platform.newKey()}`;
    const { keyring } = instance();
    await keyring.ensure(gone, ['usr_1', 'usr_2']);
    await keyring.destroy(gone);
    await keyring.destroy(gone);
    for (const each of [keyring, instance().keyring])
      await assert.rejects(each.ensure(gone, ['usr_1']), { code: 'platform.keys_destroyed' });
    const rows = await stores.keys.query<{ id: string }>([gone], { text: 'SELECT * FROM c', parameters: {} });
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['~tenant'],
    );
  });
});
