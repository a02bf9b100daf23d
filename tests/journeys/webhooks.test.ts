import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { openReceiver, type Receiver } from '../../scripts/demo/receiver.ts';
import { type Laboratory, openLaboratory } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const SLUG = 'webhooks';

describe('webhooks', () => {
  let laboratory: Laboratory;
  let receiver: Receiver;
  let endpointId: string;

  before(async () => {
    const { settings, urls } = testStack();
    await provisionLaboratories(settings, SLUG, `${SLUG}-other`);
    laboratory = await openLaboratory(urls['api'] ?? '', SLUG);
    receiver = await openReceiver();
    endpointId = await register(['calibration.customer.*']);
    const { body } = await laboratory.owner.get(`/api/v1/webhook-endpoints/${endpointId}/secret`);
    receiver.trust(body.secret);
  });
  after(() => receiver?.close());

  async function register(eventTypes: readonly string[]): Promise<string> {
    const answer = await laboratory.owner.post('/api/v1/webhook-endpoints', {
      url: receiver.url,
      eventTypes,
    });
    assert.equal(answer.status, 201);
    return answer.body.id;
  }

  async function makeCustomer(lab = laboratory): Promise<string> {
    const answer = await lab.sales.post('/api/v1/customers', { name: 'Somebody', address: [] });
    assert.equal(answer.status, 201);
    return answer.body.id;
  }

  const about = (id: string) => (delivery: { readonly data: Readonly<Record<string, unknown>> }) =>
    JSON.stringify(delivery.data).includes(id);

  test('arrive signed, with what changed and a type that says so', async () => {
    const id = await makeCustomer();
    const delivery = await receiver.waitFor(about(id), 20_000);
    assert.equal(delivery.signed, true);
    assert.equal(delivery.type, 'calibration.customer.created');
    assert.match(delivery.id, /^msg_[0-9a-z]{26}$/);
  });

  test('that fail come again under the same id, and the log shows both attempts', async () => {
    receiver.answerWith(500);
    const id = await makeCustomer();
    const first = await receiver.waitFor(about(id), 20_000);
    receiver.answerWith(204);
    const heard = () => receiver.deliveries.filter(about(id));
    await until(
      async () => heard().length,
      count => count >= 2,
      30_000,
      'the second attempt',
    );
    assert.deepEqual(new Set(heard().map(delivery => delivery.id)), new Set([first.id]));
    const path = `/api/v1/webhook-endpoints/${endpointId}/deliveries`;
    const entry = await until(
      async () =>
        (await laboratory.owner.get(path)).body.items.find((item: { id: string }) => item.id === first.id),
      item => item?.state === 'delivered',
      10_000,
      'the log',
    );
    assert.deepEqual(
      entry.attempts.map(({ status }: { status: number }) => status),
      [500, 204],
    );
  });

  test('of another tenant never come', async () => {
    const other = await openLaboratory(testStack().urls['api'] ?? '', `${SLUG}-other`);
    const foreign = await makeCustomer(other);
    const own = await makeCustomer();
    await receiver.waitFor(about(own), 20_000);
    assert.equal(receiver.deliveries.some(about(foreign)), false);
  });

  test('stop when the address is switched off', async () => {
    const path = `/api/v1/webhook-endpoints/${endpointId}`;
    const { headers } = await laboratory.owner.get(path);
    const off = await laboratory.owner.patch(
      path,
      { status: 'disabled' },
      { 'if-match': headers['etag'] ?? '' },
    );
    assert.equal(off.body.status, 'disabled');
    const id = await makeCustomer();
    const second = await openReceiver();
    const { body } = await laboratory.owner.post('/api/v1/webhook-endpoints', {
      url: second.url,
      eventTypes: ['calibration.equipment.*', 'calibration.customer.*'],
    });
    assert.ok(body.id);
    const later = await makeCustomer();
    await second.waitFor(about(later), 20_000);
    await second.close();
    assert.equal(receiver.deliveries.some(about(id)), false);
  });

  test('stop for good when the receiver says that it is gone, and everybody else hears so', async () => {
    const gone = await openReceiver();
    gone.answerWith(410);
    const body = { url: gone.url, eventTypes: ['calibration.customer.*'] };
    const { body: registered } = await laboratory.owner.post('/api/v1/webhook-endpoints', body);
    const path = `/api/v1/webhook-endpoints/${registered.id}`;
    const listener = await openReceiver();
    await laboratory.owner.post('/api/v1/webhook-endpoints', {
      url: listener.url,
      eventTypes: ['platform.webhook_endpoint.disabled'],
    });
    await makeCustomer();
    const heard = await listener.waitFor(about(registered.id), 20_000);
    assert.equal(heard.type, 'platform.webhook_endpoint.disabled');
    assert.equal((await laboratory.owner.get(path)).body.status, 'disabled');
    const [entry] = await until(
      async () => (await laboratory.owner.get(`${path}/deliveries`)).body.items,
      items => items[0]?.state === 'failed',
      10_000,
      'the log',
    );
    assert.equal(entry.attempts[0].status, 410);
    await gone.close();
    await listener.close();
  });

  test('of what happened before an address was registered never come', async () => {
    const before = await makeCustomer();
    const fresh = await openReceiver();
    await laboratory.owner.post('/api/v1/webhook-endpoints', {
      url: fresh.url,
      eventTypes: ['calibration.customer.*'],
    });
    const afterwards = await makeCustomer();
    await fresh.waitFor(about(afterwards), 20_000);
    assert.equal(fresh.deliveries.some(about(before)), false);
    await fresh.close();
  });
});
