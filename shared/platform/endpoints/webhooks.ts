import * as z from 'zod';
import type { PermissionTable } from '../../kernel/index.ts';
import { created, defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { newRecordId, recordFault, type Saved } from '../records/index.ts';
import {
  deafFilters,
  type EventTable,
  WebhookEndpoint,
  type WebhookEndpointData,
  webhookEndpointKind,
  webhookFault,
} from '../webhooks/index.ts';
import { changeRecord, patched } from './current-record.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

export const webhookPermissions: PermissionTable = {
  'platform.webhook:read': ['tenant-owner', 'administrator', 'integrator'],
  'platform.webhook:write': ['tenant-owner', 'administrator', 'integrator'],
};

type Events = () => EventTable;

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
  state: z.enum(['pending', 'held', 'delivered', 'failed']).meta({
    description: 'Held while the tenant is suspended; it goes on afterwards.',
  }),
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

function createEndpoint(events: Events): Endpoint {
  return defineEndpoint({
    id: 'platform.webhook.create',
    method: 'POST',
    path: '/webhook-endpoints',
    access: write,
    stepUp: 'people',
    summary: 'Registers an address that hears of events, signed as in Standard Webhooks.',
    body: WebhookEndpoint.omit({ status: true }),
    creates: webhookEndpointKind,
    example: {
      body: { url: 'https://hooks.example.com/touchstone', eventTypes: ['calibration.certificate.*'] },
    },
    replies: { 201: { description: 'Registered.', schema: EndpointView } },
    faults: [
      'platform.webhook_event_unknown',
      'platform.webhook_insecure',
      'platform.webhook_unreachable_address',
    ],
    handle: async ({ caller, body, newKey }, platform) => {
      assertHeard(body.eventTypes, events());
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
}

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
  summary: 'One registered address.',
  params: itemParams,
  replies: { 200: { description: 'The address.', schema: EndpointView } },
  handle: async ({ caller, params }, platform) => {
    const endpoint = await platform.records.for(caller).get(webhookEndpointKind, params.id);
    return ok(view(endpoint), endpoint);
  },
});

function changeEndpoint(events: Events): Endpoint {
  return defineEndpoint({
    id: 'platform.webhook.change',
    method: 'PATCH',
    path: '/webhook-endpoints/:id',
    access: write,
    stepUp: 'people',
    summary: 'Changes the address, its events, or switches it off and on.',
    params: itemParams,
    body: WebhookEndpoint.partial(),
    ifMatch: true,
    example: { body: { status: 'disabled' } },
    replies: { 200: { description: 'Changed.', schema: EndpointView } },
    handle: async (request, platform) => {
      const { params, body } = request;
      assertHeard(body.eventTypes ?? [], events());
      if (body.url !== undefined) await platform.webhookSecrets.assertReachable(body.url);
      const after = await changeRecord(platform, request, webhookEndpointKind, params.id, ({ data }) => ({
        action: 'platform.webhook_endpoint.changed',
        data: patched(data, body),
      }));
      return ok(view(after), after);
    },
  });
}

const readSecret = defineEndpoint({
  id: 'platform.webhook.secret',
  method: 'GET',
  path: '/webhook-endpoints/:id/secret',
  access: write,
  stepUp: 'people',
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
  summary: 'The last hundred deliveries to this address, with every attempt.',
  params: itemParams,
  replies: { 200: { description: 'Deliveries.', schema: z.strictObject({ items: z.array(DeliveryView) }) } },
  handle: async ({ caller, params }, platform) => {
    const endpoint = await platform.records.for(caller).get(webhookEndpointKind, params.id);
    return ok({ items: await platform.deliveries.list(caller.tenant, endpoint.id) });
  },
});

const EventType = z.strictObject({ type: z.string(), summary: z.string() });

function listEventTypes(events: Events): Endpoint {
  return defineEndpoint({
    id: 'platform.webhook.event_types',
    method: 'GET',
    path: '/webhook-event-types',
    access: read,
    summary:
      'Every type of event that there is; their shapes stand in the API’s description, under webhooks.',
    replies: {
      200: { description: 'The types.', schema: z.strictObject({ items: z.array(EventType) }) },
    },
    handle: async () => {
      const items = Object.entries(events()).map(([type, { summary }]) => ({ type, summary }));
      return ok({ items: items.toSorted((left, right) => (left.type < right.type ? -1 : 1)) });
    },
  });
}

/** Refuses filters that can never hear anything, with a pointer to each. */
function assertHeard(eventTypes: readonly string[], catalogue: EventTable): void {
  const errors = deafFilters(eventTypes, catalogue).map(index => ({
    pointer: `#/eventTypes/${index}`,
    code: 'unknown_event_type',
  }));
  if (errors.length > 0) throw webhookFault('platform.webhook_event_unknown', { errors });
}

/** Addresses that hear of events; `events` are those that there are. */
export function webhookEndpoints(events: Events): readonly Endpoint[] {
  return [
    createEndpoint(events),
    listEndpoints,
    readEndpoint,
    changeEndpoint(events),
    readSecret,
    listDeliveries,
    listEventTypes(events),
  ];
}
