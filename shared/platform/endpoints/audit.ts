import * as z from 'zod';
import { csvOf, defineFaults, type PermissionTable, rule } from '../../kernel/index.ts';
import type { AuditEntry } from '../audit/index.ts';
import { content, defineEndpoint, ok } from '../http/index.ts';
import { pageOf, pageReply, paging, unreadable } from './lists.ts';

export const auditPermissions: PermissionTable = {
  'platform.audit:read': ['tenant-owner', 'administrator', 'quality-manager', 'operator', 'operator-auditor'],
  /** A way out for data. */
  'platform.audit:export': [
    'tenant-owner',
    'administrator',
    'quality-manager',
    'operator',
    'operator-auditor',
  ],
};
export const auditFault = defineFaults({ 'platform.audit_too_many': { status: 422, retry: 'never' } });

const access = { permission: 'platform.audit:read' };
export const Instant = z.iso.datetime().max(40);

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
  unreadable,
});

export const auditFilters = {
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
export const auditOrder = z.enum(['newest', 'oldest']).default('newest');

/** As changes write times, so that texts compare. */
export function utc<T extends { readonly from?: string | undefined; readonly to?: string | undefined }>(
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
  query: z.strictObject({ ...paging, ...auditFilters, order: auditOrder }),
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
  access: { permission: 'platform.audit:export' },
  stepUp: 'people',
  summary:
    'The same as CSV, at most 10,000 rows; more are asked for in parts of time. That it was exported is audited.',
  query: z.strictObject({ ...auditFilters, order: auditOrder }),
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

export const LONGEST_DAYS = 92;
const DAY_MILLISECONDS = 86_400_000;

type Times = { readonly from?: string | undefined; readonly to?: string | undefined };

/** From when to when security events are counted; the last seven days unless told otherwise. */
export function countedTimes(now: Date, query: Times) {
  const to = query.to === undefined ? now : new Date(query.to);
  const from =
    query.from === undefined ? new Date(to.getTime() - 7 * DAY_MILLISECONDS) : new Date(query.from);
  return { from: from.toISOString(), to: to.toISOString() };
}

/** Not more days than are counted at once. */
export function isCountable({ from, to }: Times): boolean {
  return (
    from === undefined ||
    to === undefined ||
    Date.parse(to) - Date.parse(from) <= LONGEST_DAYS * DAY_MILLISECONDS
  );
}

/** The last part of a security event's action. */
export function eventOf(action: string): string {
  return action.split('.').at(-1) ?? action;
}

const countSecurity = defineEndpoint({
  id: 'platform.audit.security',
  method: 'GET',
  path: '/audit/security-events',
  access,
  summary: 'How often each security event happened; in the last seven days unless told otherwise.',
  query: z.strictObject({ from: Instant.optional(), to: Instant.optional() }).refine(isCountable, {
    ...rule('span_too_long', { days: LONGEST_DAYS }),
    path: ['from'],
  }),
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
    const { from, to } = countedTimes(platform.now(), query);
    const counts = await platform.audit.securityCounts(caller, from, to);
    const items = counts
      .map(({ action, count }) => ({ event: eventOf(action), count }))
      .toSorted((left, right) => (left.event < right.event ? -1 : 1));
    return ok({ from, to, items });
  },
});

export const auditEndpoints = [searchAudit, exportAudit, countSecurity];
