import * as z from 'zod';
import { isUp } from '../health/index.ts';
import { type ApiReply, defineEndpoint, ok } from '../http/index.ts';
import { Maintenance } from '../tenancy/index.ts';

const Check = z.strictObject({ name: z.string(), status: z.enum(['up', 'down']), milliseconds: z.number() });
const Ready = z.strictObject({ status: z.enum(['ready', 'not_ready']), checks: z.array(Check) });
const Status = z.strictObject({
  status: z.enum(['operational', 'degraded', 'maintenance']),
  maintenance: Maintenance.nullable(),
});

const live = defineEndpoint({
  id: 'platform.health.live',
  method: 'GET',
  path: '//api/health/live',
  access: 'platform',
  limit: 'none',
  summary: 'The process answers.',
  replies: { 200: { description: 'It does.', schema: z.strictObject({ status: z.literal('live') }) } },
  handle: async () => ok({ status: 'live' }),
});

const ready = defineEndpoint({
  id: 'platform.health.ready',
  method: 'GET',
  path: '//api/health/ready',
  access: 'platform',
  limit: 'none',
  summary:
    'Everything that requests need answers: database, messages, files, keys. At most ten seconds old. Maintenance is no reason not to be ready.',
  replies: {
    200: { description: 'Ready.', schema: Ready },
    503: { description: 'Not ready.', schema: Ready },
  },
  handle: async (_request, platform): Promise<ApiReply> => {
    const checks = await platform.health.checks();
    const up = isUp(checks);
    return { ...ok({ status: up ? 'ready' : 'not_ready', checks }), status: up ? 200 : 503 };
  },
});

const status = defineEndpoint({
  id: 'platform.health.status',
  method: 'GET',
  path: '//api/status',
  access: 'platform',
  summary: 'What people are told of the platform: that it serves, is out in parts, or is being worked on.',
  replies: { 200: { description: 'The state.', schema: Status } },
  handle: async (_request, platform) => {
    const maintenance = await platform.maintenance.current().catch(() => undefined);
    if (maintenance !== undefined && maintenance.mode !== 'off')
      return ok({ status: 'maintenance', maintenance });
    const up = maintenance !== undefined && isUp(await platform.health.checks());
    return ok({ status: up ? 'operational' : 'degraded', maintenance: null });
  },
});

export const healthEndpoints = [live, ready, status];
