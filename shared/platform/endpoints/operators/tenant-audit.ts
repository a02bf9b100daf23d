import * as z from 'zod';
import { rule } from '../../../kernel/index.ts';
import type { MaskedEntry } from '../../audit/index.ts';
import { defineEndpoint, ok } from '../../http/index.ts';
import { proseText } from '../../texts/index.ts';
import {
  auditFilters,
  auditOrder,
  countedTimes,
  eventOf,
  Instant,
  isCountable,
  LONGEST_DAYS,
  utc,
} from '../audit.ts';
import { Id, pageOf, pageReply, paging, unreadable } from '../lists.ts';

const why = {
  reason: proseText(500).min(10).meta({
    description:
      'Why tenants are looked into. It is written into the audit of the operators’ own directory, with who looked for what.',
  }),
  tenant: Id.optional().meta({ description: 'One tenant; all of them unless it is given.' }),
};
const example = { query: { reason: 'Ticket 4711: who deactivated the customer' } };

const Entry = z.strictObject({
  id: z.string(),
  tenant: z.string(),
  time: z.string(),
  action: z.string(),
  by: z.strictObject({ user: z.string(), operator: z.string().optional() }),
  reason: z.string().nullable(),
  requestId: z.string(),
  hash: z.string(),
  records: z.array(z.strictObject({ id: z.string(), kind: z.string(), version: z.number().int() })),
  unreadable,
});

function entryView({ tenantId, scope: _scope, ...entry }: MaskedEntry): z.infer<typeof Entry> {
  const { unreadable: lost, ...told } = entry;
  return {
    ...{ tenant: tenantId, ...told, records: [...entry.records] },
    ...(lost === undefined ? {} : { unreadable: [...lost] }),
  };
}

const searchTenants = defineEndpoint({
  id: 'platform.operator.audit',
  method: 'GET',
  path: '/operator/audit',
  access: 'operator',
  summary:
    'What happened in tenants, by user, action, record and time; by address in one tenant. People are ids here, without names and addresses. That somebody looked is audited.',
  query: z
    .strictObject({ ...why, ...paging, ...auditFilters, order: auditOrder })
    .refine(({ address, tenant }) => address === undefined || tenant !== undefined, {
      ...rule('tenant_missing'),
      path: ['tenant'],
    }),
  example,
  replies: { 200: { description: 'A page.', schema: pageOf(Entry) } },
  handle: async ({ caller, query, url }, platform) => {
    const { reason, ...search } = utc(query);
    return pageReply(url, await platform.audit.searchEverywhere(caller, reason, search), entryView);
  },
});

const countTenants = defineEndpoint({
  id: 'platform.operator.security',
  method: 'GET',
  path: '/operator/audit/security-events',
  access: 'operator',
  summary:
    'How often each security event happened in each tenant; in the last seven days unless told otherwise. That somebody looked is audited.',
  query: z
    .strictObject({ ...why, from: Instant.optional(), to: Instant.optional() })
    .refine(isCountable, { ...rule('span_too_long', { days: LONGEST_DAYS }), path: ['from'] }),
  example,
  replies: {
    200: {
      description: 'The counts.',
      schema: z.strictObject({
        from: z.string(),
        to: z.string(),
        items: z.array(z.strictObject({ tenant: z.string(), event: z.string(), count: z.number().int() })),
      }),
    },
  },
  handle: async ({ caller, query }, platform) => {
    const { reason, tenant, ...times } = query;
    const { from, to } = countedTimes(platform.now(), times);
    const counts = await platform.audit.securityCountsEverywhere(caller, reason, { tenant, from, to });
    const items = counts
      .map(({ action, ...counted }) => ({ ...counted, event: eventOf(action) }))
      .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
    return ok({ from, to, items });
  },
});

function keyOf({ tenant, event }: { readonly tenant: string; readonly event: string }): string {
  return `${tenant} ${event}`;
}

export const tenantAuditEndpoints = [searchTenants, countTenants];
