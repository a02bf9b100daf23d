import * as z from 'zod';
import { defineEndpoint, ok } from '../../platform/http/index.ts';

const Entry = z.strictObject({
  number: z.string(),
  state: z.enum(['reserved', 'assigned', 'void']),
  document: z.string().meta({ description: 'Id of the document that the number was given for.' }),
  reservedAt: z.string(),
  reason: z.string().nullable().meta({ description: 'Why the number is void.' }),
});

export const readRegister = defineEndpoint({
  id: 'calibration.register.read',
  method: 'GET',
  path: '/number-registers/:name',
  access: { permission: 'calibration.register:read' },
  wholeTenant: true,
  summary: 'A year of numbers without gaps: each belongs to a document or is void with a reason.',
  params: z.strictObject({ name: z.string().regex(/^(srf|certificate)-\d{4}$/) }),
  replies: {
    200: {
      description: 'The numbers in order.',
      schema: z.strictObject({ name: z.string(), items: z.array(Entry) }),
    },
  },
  handle: async ({ caller, params: { name } }, platform) => {
    const entries = await platform.registers.list(caller, name);
    const items = entries.map(({ number, state, owner, reservedAt, reason }) => ({
      ...{ number, state, document: owner, reservedAt, reason },
    }));
    return ok({ name, items });
  },
});
