import * as z from 'zod';
import type { Capabilities } from '../capabilities/index.ts';
import { type ApiReply, defineEndpoint, ok } from '../http/index.ts';

const PROBE_MILLISECONDS = 5000;
const Check = z.strictObject({ name: z.string(), status: z.enum(['up', 'down']), milliseconds: z.number() });
const Ready = z.strictObject({ status: z.enum(['ready', 'not_ready']), checks: z.array(Check) });

const live = defineEndpoint({
  id: 'platform.health.live',
  method: 'GET',
  path: '//api/health/live',
  access: 'platform',
  summary: 'The process answers.',
  replies: { 200: { description: 'It does.', schema: z.strictObject({ status: z.literal('live') }) } },
  handle: async () => ok({ status: 'live' }),
});

const ready = defineEndpoint({
  id: 'platform.health.ready',
  method: 'GET',
  path: '//api/health/ready',
  access: 'platform',
  summary: 'Everything that requests need answers: database, messages, files, keys.',
  replies: {
    200: { description: 'Ready.', schema: Ready },
    503: { description: 'Not ready.', schema: Ready },
  },
  handle: async (_request, platform): Promise<ApiReply> => {
    const checks = await Promise.all(
      Object.entries(platform.probes).map(([name, probe]) => check(name, probe)),
    );
    const up = checks.every(entry => entry.status === 'up');
    return { ...ok({ status: up ? 'ready' : 'not_ready', checks }), status: up ? 200 : 503 };
  },
});

async function check(name: string, probe: Capabilities['probes'][string]): Promise<z.infer<typeof Check>> {
  const started = performance.now();
  const took = (): number => Math.round((performance.now() - started) * 10) / 10;
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('late')), PROBE_MILLISECONDS).unref();
  });
  return Promise.race([probe(), late]).then(
    () => ({ name, status: 'up' as const, milliseconds: took() }),
    () => ({ name, status: 'down' as const, milliseconds: took() }),
  );
}

export const healthEndpoints = [live, ready];
