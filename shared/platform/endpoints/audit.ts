import * as z from 'zod';
import { csvOf, defineFaults, type PermissionTable } from '../../kernel/index.ts';
import type { AuditEntry } from '../audit/index.ts';
import { content, defineEndpoint, ok } from '../http/index.ts';
import { pageOf, pageReply, paging } from './lists.ts';

export const auditPermissions: PermissionTable = {
  'platform.audit:read': ['tenant-owner', 'administrator', 'quality-manager'],
};
export const auditFault = defineFaults({ 'platform.audit_too_many': { status: 422, retry: 'never' } });

const access = { permission: 'platform.audit:read' };
const Instant = z.iso.datetime().max(40);

const Who = z.strictObject({ user: z.string(), name: z.string() });
const Entry = z.strictObject({
  id: z.string(),
  time: z.string(),
  action: z.string(),
  by: Who.extend({ operator: Who.optional() }),
  reason: z.string().nullable(),
  requestId: z.string(),
  address: z.string().nullable(),
  hash: z.string(),
  records: z.array(z.strictObject({ id: z.string(), kind: z.string(), version: z.number().int() })),
});

const filters = {
  user: z.string().min(1).max(200).optional(),
  action: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9_.]*\*?$/)
    .optional()
    .meta({ description: 'An action, or the beginning of one and an asterisk: `platform.security.*`.' }),
  record: z.string().min(1).max(200).optional(),
  address: z.string().min(1).max(64).optional(),
  from: Instant.optional(),
  to: Instant.optional().meta({ description: 'Up to this instant, which is left out.' }),
};
const order = z.enum(['newest', 'oldest']).default('newest');

/** As changes write times, so that texts compare. */
function utc<T extends { readonly from?: string | undefined; readonly to?: string | undefined }>(
  query: T,
): T {
  const { from, to } = query;
  return {
    ...query,
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
  };
}

function entryView({ tenantId: _tenant, scope: _scope, ...entry }: AuditEntry): object {
  return entry;
}

const searchAudit = defineEndpoint({
  id: 'platform.audit.search',
  method: 'GET',
  path: '/audit',
  access,
  summary: 'Everything that happened, by user, action, record, time and address; security events too.',
  query: z.strictObject({ ...paging, ...filters, order }),
  replies: { 200: { description: 'A page.', schema: pageOf(Entry) } },
  handle: async ({ caller, query, url }, platform) =>
    pageReply(url, await platform.audit.search(caller, utc(query)), entryView),
});

const MOST_ROWS = 10_000;
const ROWS_AT_ONCE = 1000;
const COLUMNS = [
  'time',
  'action',
  'user',
  'name',
  'operator',
  'reason',
  'address',
  'requestId',
  'records',
  'hash',
];

const exportAudit = defineEndpoint({
  id: 'platform.audit.export',
  method: 'GET',
  path: '/audit/export',
  access,
  summary:
    'The same as CSV, at most 10,000 rows; more are asked for in parts of time. That it was exported is audited.',
  query: z.strictObject({ ...filters, order }),
  replies: { 200: { description: 'The rows.', mediaType: 'text/csv' } },
  faults: ['platform.audit_too_many'],
  handle: async ({ caller, query }, platform) => {
    const rows: AuditEntry[] = [];
    let cursor: string | undefined;
    do {
      const page = await platform.audit.search(caller, { ...utc(query), limit: ROWS_AT_ONCE, cursor });
      rows.push(...page.items);
      cursor = page.next;
      if (cursor !== undefined && rows.length >= MOST_ROWS)
        throw auditFault('platform.audit_too_many', { limit: MOST_ROWS });
    } while (cursor !== undefined);
    const day = platform.now().toISOString().slice(0, 10);
    await platform.records
      .for(caller)
      .scope(`audit-${day}`)
      .commit({ action: 'platform.audit.exported', events: [] });
    return content('text/csv; charset=utf-8', csvOf([COLUMNS, ...rows.map(csvRow)]), {
      'content-disposition': `attachment; filename="audit-${day}.csv"`,
    });
  },
});

function csvRow({ time, action, by, reason, address, requestId, records, hash }: AuditEntry) {
  const touched = records.map(({ id, version }) => `${id} (${version})`).join(' ');
  return [
    ...[time, action, by.user, by.name, by.operator?.name, reason],
    ...[address, requestId, touched, hash],
  ];
}

const LONGEST_DAYS = 92;
const DAY_MILLISECONDS = 86_400_000;

const countSecurity = defineEndpoint({
  id: 'platform.audit.security',
  method: 'GET',
  path: '/audit/security-events',
  access,
  summary: 'How often each security event happened; in the last seven days unless told otherwise.',
  query: z
    .strictObject({ from: Instant.optional(), to: Instant.optional() })
    .refine(
      ({ from, to }) => from === undefined || to === undefined || daysBetween(from, to) <= LONGEST_DAYS,
      {
        error: `At most ${LONGEST_DAYS} days are counted at once.`,
        path: ['from'],
      },
    ),
  replies: {
    200: {
      description: 'The counts.',
      schema: z.strictObject({
        from: z.string(),
        to: z.string(),
        items: z.array(z.strictObject({ event: z.string(), count: z.number().int() })),
      }),
    },
  },
  handle: async ({ caller, query }, platform) => {
    const to = query.to === undefined ? platform.now() : new Date(query.to);
    const from =
      query.from === undefined ? new Date(to.getTime() - 7 * DAY_MILLISECONDS) : new Date(query.from);
    const [begin, end] = [from.toISOString(), to.toISOString()];
    const counts = await platform.audit.securityCounts(caller, begin, end);
    const items = counts
      .map(({ action, count }) => ({ event: action.split('.').at(-1) ?? action, count }))
      .toSorted((left, right) => (left.event < right.event ? -1 : 1));
    return ok({ from: begin, to: end, items });
  },
});

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MILLISECONDS;
}

export const auditEndpoints = [searchAudit, exportAudit, countSecurity];
