import * as z from 'zod';
import { defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import type { RecordKind } from '../records/index.ts';
import { rulesOf } from '../retention/index.ts';
import { settingsId, settingsKind } from '../tenancy/index.ts';

const Rule = z.strictObject({
  kind: z.string(),
  days: z.int().meta({ description: 'How long they are kept in this tenant.' }),
  usualDays: z.int(),
  leastDays: z.int(),
  mostDays: z.int(),
});

/** How long records are kept. What a tenant chooses stands in its settings. */
export function retentionEndpoints(kinds: () => readonly RecordKind[]): readonly Endpoint[] {
  return [
    defineEndpoint({
      id: 'platform.retention.read',
      method: 'GET',
      path: '/retention-rules',
      access: { permission: 'platform.tenant_settings:read' },
      wholeTenant: true,
      summary:
        'Which records are disposed of, and how many days after their last change once they are over; what may be chosen in the settings.',
      replies: {
        200: {
          description: 'The rules.',
          schema: z.strictObject({ hold: z.boolean(), items: z.array(Rule) }),
        },
      },
      handle: async ({ caller }, platform) => {
        const settings = await platform.records.for(caller).find(settingsKind, settingsId(caller.tenant));
        const retention = settings?.data.retention;
        const items = rulesOf(kinds(), retention).map(({ kind, ...days }) => ({ kind: kind.name, ...days }));
        return ok({ hold: retention?.hold === true, items });
      },
    }),
  ];
}
