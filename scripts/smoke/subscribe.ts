import type { Client } from '../demo/client.ts';
import { expect, expectStatus } from '../demo/expect.ts';
import { openReceiver } from '../demo/receiver.ts';
import { isLocal } from '../demo/route.ts';
import { hearAt, hearByLog, type Subscription } from '../demo/subscription.ts';

/** A subscription that somebody must end. */
export type Subscribed = { readonly subscription: Subscription; readonly url: string; end(): Promise<void> };

const DESCRIPTION = 'smoke test';
const EVENT_TYPES = ['calibration.certificate.issued'];

/**
 * Subscribes to certificates. With `webhookUrl` its receiver must answer with 2xx, as the log of deliveries shows. Without one
 * a local stack tells a receiver of ours, which checks the signature; a deployment, which refuses private addresses, tells its
 * own public address, and any answer shows that the webhook went out to the internet.
 */
export async function subscribe(
  owner: Client,
  base: URL,
  webhookUrl: string | undefined,
): Promise<Subscribed> {
  if (webhookUrl === undefined && isLocal(base)) return subscribeHere(owner);
  const url = webhookUrl ?? new URL('/api/health/live', base).href;
  const id = await activate(owner, url);
  const subscription = hearByLog(owner, id, webhookUrl === undefined ? 'answered' : 'delivered');
  return { subscription, url, end: () => deactivate(owner, id) };
}

async function subscribeHere(owner: Client): Promise<Subscribed> {
  const receiver = await openReceiver();
  try {
    const id = await activate(owner, receiver.url);
    const secret = await owner.get(`/api/v1/webhook-endpoints/${id}/secret`);
    receiver.trust(expectStatus(secret, 200, 'the secret').secret);
    const end = async (): Promise<void> => {
      await deactivate(owner, id);
      await receiver.close();
    };
    return { subscription: hearAt(receiver), url: receiver.url, end };
  } catch (error) {
    await receiver.close();
    throw error;
  }
}

type Endpoint = { readonly id: string; readonly version: number; readonly description?: string };

/** Leads the endpoint of earlier smoke tests to `url`, or registers one: a deployment should not fill up with them. */
async function activate(owner: Client, url: string): Promise<string> {
  const list = expectStatus(await owner.get('/api/v1/webhook-endpoints?limit=100'), 200, 'webhook endpoints');
  const known = list.items.find(({ description }: Endpoint) => description === DESCRIPTION);
  if (known !== undefined) {
    await change(owner, known.id, { url, eventTypes: EVENT_TYPES, status: 'active' });
    return known.id;
  }
  const body = { url, description: DESCRIPTION, eventTypes: EVENT_TYPES };
  const made = await owner.post('/api/v1/webhook-endpoints', body);
  return expectStatus(made, 201, 'registering a webhook').id;
}

async function deactivate(owner: Client, id: string): Promise<void> {
  await change(owner, id, { status: 'disabled' });
}

async function change(owner: Client, id: string, body: object): Promise<void> {
  const path = `/api/v1/webhook-endpoints/${id}`;
  const { headers } = await owner.get(path);
  const etag = headers['etag'];
  expect(etag !== undefined, 'the webhook endpoint has an ETag');
  expectStatus(await owner.patch(path, body, { 'if-match': etag }), 200, 'changing the webhook endpoint');
}
