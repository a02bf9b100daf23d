import * as z from 'zod';
import type { PermissionTable } from '../../kernel/index.ts';
import { created, defineEndpoint, ok } from '../http/index.ts';
import { newRecordId, recordFault, type Saved } from '../records/index.ts';
import { WebhookEndpoint, type WebhookEndpointData, webhookEndpointKind } from '../webhooks/index.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

export const webhookPermissions: PermissionTable = {
  'platform.webhook:read': ['tenant-owner', 'administrator', 'integrator'],
  'platform.webhook:write': ['tenant-owner', 'administrator', 'integrator'],
};

const read = { permission: 'platform.webhook:read' };
const write = { permission: 'platform.webhook:write' };
const EndpointView = WebhookEndpoint.extend({
  id: z.string(),
  version: z.number().int(),
  createdAt: z.string(),
});
const DeliveryView = z.object({
  id: z.string(),
  eventType: z.string(),
  changeId: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  createdAt: z.string(),
  attempts: z.array(
    z.object({
      at: z.string(),
      status: z.number().nullable(),
      milliseconds: z.number(),
      error: z.string().nullable(),
    }),
  ),
});

function view(endpoint: Saved<WebhookEndpointData>): z.infer<typeof EndpointView> {
  return { id: endpoint.id, version: endpoint.version, createdAt: endpoint.createdAt, ...endpoint.data };
}

const createEndpoint = defineEndpoint({
  id: 'platform.webhook.create',
  method: 'POST',
  path: '/webhook-endpoints',
  access: write,
  wholeTenant: true,
  summary: 'Registers an address that hears of events, signed as in Standard Webhooks.',
  body: WebhookEndpoint.omit({ status: true }),
  creates: webhookEndpointKind,
  example: {
    body: { url: 'https://hooks.example.com/touchstone', eventTypes: ['calibration.certificate.*'] },
  },
  replies: { 201: { description: 'Registered.', schema: EndpointView } },
  faults: ['platform.webhook_insecure', 'platform.webhook_unreachable_address'],
  handle: async ({ caller, body, newKey }, platform) => {
    await platform.webhookSecrets.assertReachable(body.url);
    const id = newRecordId(webhookEndpointKind, newKey());
    await platform.webhookSecrets.ensure(id);
    const location = `/api/v1/webhook-endpoints/${id}`;
    const { reply } = await platform.records
      .for(caller)
      .scope('webhooks')
      .commit({
        action: 'platform.webhook_endpoint.created',
        create: [{ kind: webhookEndpointKind, id, data: { ...body, status: 'active' } }],
        reply: saved => created(location, view(saved.get(id) as Saved<WebhookEndpointData>), saved.get(id)),
      });
    return reply ?? created(location, undefined);
  },
});

const listEndpoints = defineList({
  id: 'platform.webhook.list',
  path: '/webhook-endpoints',
  access: read,
  summary: 'Registered addresses.',
  kind: webhookEndpointKind,
  filters: { status: anyOf(WebhookEndpoint.shape.status) },
  view: EndpointView,
  show: view,
});

const readEndpoint = defineEndpoint({
  id: 'platform.webhook.read',
  method: 'GET',
  path: '/webhook-endpoints/:id',
  access: read,
  wholeTenant: true,
  summary: 'One registered address.',
  params: itemParams,
  replies: { 200: { description: 'The address.', schema: EndpointView } },
  handle: async ({ caller, params }, platform) => {
    const endpoint = await platform.records.for(caller).get(webhookEndpointKind, params.id);
    return ok(view(endpoint), endpoint);
  },
});

const changeEndpoint = defineEndpoint({
  id: 'platform.webhook.change',
  method: 'PATCH',
  path: '/webhook-endpoints/:id',
  access: write,
  wholeTenant: true,
  summary: 'Changes the address, its events, or switches it off and on.',
  params: itemParams,
  body: WebhookEndpoint.partial(),
  ifMatch: true,
  example: { body: { status: 'disabled' } },
  replies: { 200: { description: 'Changed.', schema: EndpointView } },
  handle: async ({ caller, params, body, ifMatch }, platform) => {
    if (body.url !== undefined) await platform.webhookSecrets.assertReachable(body.url);
    const scope = platform.records.for(caller).scopeOf(webhookEndpointKind, params.id);
    const record = await scope.get(webhookEndpointKind, params.id);
    if (record.version !== ifMatch) throw recordFault('platform.version_stale', { version: record.version });
    const { saved } = await scope.commit({
      action: 'platform.webhook_endpoint.changed',
      update: [{ record, data: { ...record.data, ...body } }],
    });
    const after = saved.get(record.id) as Saved<WebhookEndpointData>;
    return ok(view(after), after);
  },
});

const readSecret = defineEndpoint({
  id: 'platform.webhook.secret',
  method: 'GET',
  path: '/webhook-endpoints/:id/secret',
  access: write,
  wholeTenant: true,
  summary: 'The secret that signs deliveries to this address.',
  params: itemParams,
  replies: { 200: { description: 'The secret.', schema: z.strictObject({ secret: z.string() }) } },
  handle: async ({ caller, params }, platform) => {
    const endpoint = await platform.records.for(caller).get(webhookEndpointKind, params.id);
    const secret = await platform.webhookSecrets.read(endpoint.id);
    if (secret === undefined) throw recordFault('platform.not_found', { id: params.id });
    return ok({ secret });
  },
});

const listDeliveries = defineEndpoint({
  id: 'platform.webhook.deliveries',
  method: 'GET',
  path: '/webhook-endpoints/:id/deliveries',
  access: read,
  wholeTenant: true,
  summary: 'The last hundred deliveries to this address, with every attempt.',
  params: itemParams,
  replies: { 200: { description: 'Deliveries.', schema: z.strictObject({ items: z.array(DeliveryView) }) } },
  handle: async ({ caller, params }, platform) => {
    const endpoint = await platform.records.for(caller).get(webhookEndpointKind, params.id);
    return ok({ items: await platform.deliveries.list(caller.tenant, endpoint.id) });
  },
});

export const webhookEndpoints = [
  createEndpoint,
  listEndpoints,
  readEndpoint,
  changeEndpoint,
  readSecret,
  listDeliveries,
];
