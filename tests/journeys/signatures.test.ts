import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Client } from '../../scripts/demo/client.ts';
import { expectStatus } from '../../scripts/demo/expect.ts';
import { type Laboratory, openLaboratory } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';
import { act, patch, read } from './as-client.ts';

const SLUG = 'signatures';

describe('what was signed', () => {
  let laboratory: Laboratory;

  before(async () => {
    const { settings, urls } = testStack();
    await provisionLaboratories(settings, SLUG);
    laboratory = await openLaboratory(urls['api'] ?? '', SLUG);
  });

  test('stands on the certificate, whatever becomes of customer and equipment after the approval', async () => {
    const srfId = await laboratory.approvedSrf();
    const { customerId, items, approvedBy } = await read(laboratory.quality, `srfs/${srfId}`);
    const { serial } = items[0].agreed.item;
    await change(laboratory.sales, `equipment/${items[0].equipmentId}`, {
      serial: 'another',
      maker: 'Other',
    });
    await change(laboratory.sales, `customers/${customerId}`, { name: 'Somebody else', address: ['2 Road'] });
    const asked = await laboratory.askForCertificate(srfId);
    const { state } = await laboratory.ended(asked.headers['location'] ?? '');
    assert.equal(state, 'succeeded');
    const { content, signed } = await read(laboratory.quality, `certificates/${asked.body.certificateId}`);
    assert.deepEqual([content.item.serial, content.item.maker], [serial, 'Fluke']);
    const { name, address } = content.customer;
    assert.deepEqual([name, address], ['A customer', ['1 Street']]);
    assert.equal(signed, approvedBy.signed);
  });

  test('can be corrected by rework, which asks for every signature again', async () => {
    const srfId = await laboratory.approvedSrf();
    const before = await read(laboratory.quality, `srfs/${srfId}`);
    const serial = `corrected-${srfId}`;
    await change(laboratory.sales, `equipment/${before.items[0].equipmentId}`, { serial });
    await act(laboratory.quality, srfId, { action: 'reopen', reason: 'Wrong serial number' });
    const after = await act(laboratory.technician, srfId, { action: 'complete' });
    assert.equal(after.items[0].agreed.item.serial, serial);
    assert.notEqual(after.performedBy.signed, before.performedBy.signed);
    assert.deepEqual([after.reviewedBy, after.approvedBy], [null, null]);
  });

  test('equipment stays with its customer', async () => {
    const srfId = await laboratory.approvedSrf();
    const { customerId, items } = await read(laboratory.quality, `srfs/${srfId}`);
    const path = `equipment/${items[0].equipmentId}`;
    const answer = await patch(laboratory.sales, path, { customerId });
    assert.equal(answer.body.code, 'platform.input_invalid');
  });

  test('was neither observed before the item was received nor in the future', async () => {
    const srfId = await laboratory.approvedSrf();
    await act(laboratory.quality, srfId, { action: 'reopen', reason: 'Another look' });
    const { items } = await read(laboratory.quality, `srfs/${srfId}/observations`);
    for (const days of [-2, 1]) {
      const takenAt = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString();
      const { status, body } = await patch(laboratory.technician, `observations/${items[0].id}`, { takenAt });
      assert.deepEqual([status, body.code], [422, 'calibration.taken_at_implausible']);
    }
  });
});

async function change(client: Client, path: string, body: object): Promise<void> {
  expectStatus(await patch(client, path, body), 200, path);
}
