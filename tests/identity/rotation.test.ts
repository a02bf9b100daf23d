import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIdentity } from '../../shared/platform/identity/index.ts';
import { openCredential, openSigningKey } from '../../shared/platform/secrets/index.ts';
import { openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';

const claims = { user: 'usr_1', tenant: 'tnt_1', name: 'Somebody', roles: ['viewer'] };
const { settings } = testStack();

function identityOf(name: string) {
  const vault = {
    endpoint: settings['KEY_VAULT_ENDPOINT'] ?? '',
    credential: openCredential(undefined),
    challengeVerification: false,
  };
  const now = (): Date => new Date();
  const key = openSigningKey(vault, name, now);
  return { key, vault, identity: openIdentity(key, 'https://localhost', now) };
}

test('tokens outlive a rotation of the key, on instances that knew the old one and on new ones', async () => {
  openTestProduct();
  const { KeyClient } = await import('@azure/keyvault-keys');
  const before = identityOf('rotation-test');
  await before.key.ensure();
  const old = await before.identity.issue(claims, 60);
  const client = new KeyClient(before.vault.endpoint, before.vault.credential, {
    disableChallengeResourceVerification: true,
  });
  await client.createEcKey('rotation-test', { curve: 'P-256', keyOps: ['sign', 'verify'] });
  const after = identityOf('rotation-test');
  const fresh = await after.identity.issue(claims, 60);
  for (const { identity } of [before, after]) {
    for (const token of [old, fresh]) assert.equal((await identity.verify(token)).valid, true);
  }
  assert.equal((await after.identity.keySet()).keys.length, 2);
});

test('a token of a key that the vault does not have is not valid', async () => {
  const stranger = identityOf('rotation-stranger');
  await stranger.key.ensure();
  const token = await stranger.identity.issue(claims, 60);
  const { identity } = identityOf('rotation-test');
  assert.deepEqual(await identity.verify(token), { valid: false, why: 'invalid' });
});
