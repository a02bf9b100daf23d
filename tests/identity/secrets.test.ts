import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { openTestProduct } from '../product.ts';
import { openVault } from '../vault.ts';

test('instances that make the same secret at once all have the same one, then and later', async () => {
  const name = `race-${randomUUID()}`;
  const instances = Array.from({ length: 4 }, () => openTestProduct().secrets);
  const made = await Promise.all(
    [...instances, ...instances].map((secrets, index) => secrets.getOrCreate(name, () => `value ${index}`)),
  );
  assert.equal(new Set(made).size, 1, made.join());
  assert.equal(await openTestProduct().secrets.getOrCreate(name, () => 'another'), made[0]);
  assert.equal(await openTestProduct().secrets.get(name), made[0]);
});

test('a secret whose maker died before the claim is taken as it is', async () => {
  const name = `left-${randomUUID()}`;
  openTestProduct();
  await openVault().setSecret(name, 'left behind', { tags: { madeBy: 'touchstone' } });
  const instances = Array.from({ length: 3 }, () => openTestProduct().secrets);
  const found = await Promise.all(instances.map(secrets => secrets.getOrCreate(name, () => 'new')));
  assert.deepEqual(found, ['left behind', 'left behind', 'left behind']);
});

test('a version that a person set replaces what an app made', async () => {
  const name = `replaced-${randomUUID()}`;
  await openTestProduct().secrets.getOrCreate(name, () => 'made');
  await openVault().setSecret(name, 'set by hand');
  const { secrets } = openTestProduct();
  assert.equal(await secrets.getOrCreate(name, () => 'another'), 'set by hand');
  assert.equal(await openTestProduct().secrets.get(name), 'set by hand');
});
