import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { defineRecord, newRecordId } from '../../shared/platform/records/index.ts';
import { callerOf, openTestProduct } from '../product.ts';

const Paper = z.strictObject({ number: z.number() });
const paperKind = defineRecord<z.infer<typeof Paper>>({
  name: 'test.paper',
  prefix: 'pap',
  home: 'own',
  schema: Paper,
  indexed: () => ({}),
  readPermission: 'test.paper:read',
});

const one = openTestProduct();
const another = openTestProduct();
const caller = callerOf('tnt_registers');
const newPaper = (): string => newRecordId(paperKind, one.platform.newKey());

/** The whole way of a number: reserved, committed with its claim, settled. */
async function publish(product: typeof one, register: string): Promise<number> {
  const id = newPaper();
  const { sequence, claim } = await product.platform.registers.reserve(caller, register, { id, scope: id });
  await product.platform.records
    .for(caller)
    .scope(id)
    .commit({
      action: 'test.paper.published',
      create: [{ kind: paperKind, id, data: { number: sequence } }],
      claims: [claim],
    });
  assert.equal(await product.platform.registers.settle(caller, register, sequence), 'assigned');
  return sequence;
}

describe('a register', () => {
  test('gives two instances together numbers without a gap or a double', async () => {
    const numbers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => publish(index % 2 === 0 ? one : another, 'together')),
    );
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    const entries = await one.platform.registers.list(caller, 'together');
    assert.deepEqual(new Set(entries.map(({ state }) => state)), new Set(['assigned']));
  });

  test('gives a document that asks again the number that it has', async () => {
    const id = newPaper();
    const asks = await Promise.all(
      [one, another, one, another].map(({ platform }) =>
        platform.registers.reserve(caller, 'again', { id, scope: id }),
      ),
    );
    assert.deepEqual(new Set(asks.map(({ sequence }) => sequence)), new Set([1]));
  });

  test('voids the number of a document that never came, with a reason, and goes on', async () => {
    const id = newPaper();
    await one.platform.registers.reserve(caller, 'void', { id, scope: id });
    assert.equal(await another.platform.registers.settle(caller, 'void', 1), 'void');
    const [entry] = await one.platform.registers.list(caller, 'void');
    assert.equal(entry?.state, 'void');
    assert.ok(entry?.reason);
    assert.equal(await publish(one, 'void'), 2);
    const again = await one.platform.registers.reserve(caller, 'void', { id, scope: id });
    assert.equal(again.sequence, 3, 'the late document gets a new number');
  });

  test('refuses the commit that comes after its number was voided', async () => {
    const id = newPaper();
    const { sequence, claim } = await one.platform.registers.reserve(caller, 'late', { id, scope: id });
    assert.equal(await another.platform.registers.settle(caller, 'late', sequence), 'void');
    const late = one.platform.records
      .for(caller)
      .scope(id)
      .commit({
        action: 'test.paper.published',
        create: [{ kind: paperKind, id, data: { number: sequence } }],
        claims: [claim],
      });
    await assert.rejects(late, { code: 'platform.claim_taken' });
  });

  test('is settled alike by everybody who settles at once', async () => {
    const id = newPaper();
    const { sequence } = await one.platform.registers.reserve(caller, 'race', { id, scope: id });
    const states = await Promise.all(
      [one, another, one, another].map(({ platform }) => platform.registers.settle(caller, 'race', sequence)),
    );
    assert.equal(new Set(states).size, 1);
  });
});
