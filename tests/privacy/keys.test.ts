import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
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
