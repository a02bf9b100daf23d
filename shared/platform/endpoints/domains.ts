import * as z from 'zod';
import { type PermissionTable, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  domainFault,
  hostnameOf,
  isPublicSuffix,
  isUnder,
  proofNameOf,
  proofTextOf,
} from '../domains/index.ts';
import { created, defineEndpoint, ok } from '../http/index.ts';
import { JobView } from '../jobs/index.ts';
import { CHECK_DOMAIN_JOB } from '../provisioning/index.ts';
import { newRecordId, recordFault, type Saved, type Scope } from '../records/index.ts';
import { CustomDomain, domainKind, domainStatuses } from '../tenancy/index.ts';
import { commitJob, jobParts } from './commit-job.ts';
import { assertCurrent, changeRecord } from './current-record.ts';
import { defineList } from './define-list.ts';
import { historyEndpoints } from './history.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

export const domainPermissions: PermissionTable = {
  'platform.domain:read': ['tenant-owner', 'administrator'],
  'platform.domain:write': ['tenant-owner', 'administrator'],
  // Letters lead there with tokens that log in, those to owners too: whoever runs that host could be any of them.
  'platform.domain:make_primary': ['tenant-owner'],
};

const read = { permission: 'platform.domain:read' };
const write = { permission: 'platform.domain:write' };
const feature = 'custom_domains';
const SCOPE = 'domains';
/** Open ones of a tenant; each is looked up in DNS again and again. */
const MOST = 25;

const DnsRecord = z.strictObject({ type: z.enum(['TXT', 'CNAME']), name: z.string(), value: z.string() });
const DomainView = CustomDomain.omit({ token: true }).extend({
  id: z.string(),
  version: z.int(),
  records: z
    .array(DnsRecord)
    .meta({ description: 'What the zone must say: the proof, and the way to the platform.' }),
});

function viewOf(platform: Pick<Capabilities, 'originOf'>, slug: string) {
  const target = new URL(platform.originOf(slug)).hostname;
  return ({ id, version, data }: Saved<CustomDomain>): z.infer<typeof DomainView> => {
    const { token, ...rest } = data;
    const records = [
      { type: 'TXT' as const, name: proofNameOf(data.hostname), value: proofTextOf(token) },
      { type: 'CNAME' as const, name: data.hostname, value: target },
    ];
    return { id, version, ...rest, records };
  };
}

const add = defineEndpoint({
  id: 'platform.domain.add',
  method: 'POST',
  path: '/domains',
  access: write,
  stepUp: 'people',
  feature,
  summary:
    'Adds a host name of the tenant’s own; it is served once DNS proves it and its certificate is there.',
  body: z.strictObject({ hostname: z.string().min(1).max(300) }),
  creates: domainKind,
  example: { body: { hostname: 'calibration.northgate.example' } },
  replies: { 201: { description: 'Added; put its records into the zone, then check.', schema: DomainView } },
  faults: [
    'platform.domain_invalid',
    'platform.domain_reserved',
    'platform.domain_already_added',
    'platform.domains_too_many',
  ],
  handle: async ({ caller, body, newKey }, platform) => {
    const hostname = hostnameOf(body.hostname);
    if (hostname === undefined) throw domainFault('platform.domain_invalid', { hostname: body.hostname });
    if (isUnder(hostname, platform.baseDomain) || (await isPublicSuffix(hostname)))
      throw domainFault('platform.domain_reserved', { hostname });
    const scope = platform.records.for(caller).scope(SCOPE);
    const id = newRecordId(domainKind, newKey());
    await assertRoom(scope, hostname, id);
    const data: CustomDomain = {
      hostname,
      status: 'pending',
      primary: false,
      token: newKey(),
      addedAt: timestamp(platform.now()),
      verifiedAt: null,
      missingSince: null,
      problem: 'proof_missing',
    };
    const view = viewOf(platform, caller.tenantSlug);
    const location = `/api/v1/domains/${id}`;
    const { reply } = await scope.commit({
      action: 'platform.domain.added',
      create: [{ kind: domainKind, id, data }],
      reply: saved => created(location, view(saved.get(id) as Saved<CustomDomain>), saved.get(id)),
    });
    return reply ?? created(location, undefined);
  },
});

/** A name stands once among those that a tenant has not given up. A request that is repeated meets itself. */
async function assertRoom(scope: Scope, hostname: string, id: string): Promise<void> {
  const domains = await scope.all(domainKind);
  const open = domains.filter(domain => isOpen(domain) && domain.id !== id);
  if (open.some(({ data }) => data.hostname === hostname))
    throw domainFault('platform.domain_already_added', { hostname });
  if (open.length >= MOST) throw domainFault('platform.domains_too_many', { most: MOST });
}

function isOpen({ data: { status } }: Saved<CustomDomain>): boolean {
  return status !== 'removed' && status !== 'failed';
}

const readOne = defineEndpoint({
  id: 'platform.domain.read',
  method: 'GET',
  path: '/domains/:id',
  access: read,
  summary: 'One domain: its state, what is in its way, and what its zone must say.',
  params: itemParams,
  replies: { 200: { description: 'The domain.', schema: DomainView } },
  handle: async ({ caller, params }, platform) => {
    const domain = await platform.records.for(caller).get(domainKind, params.id);
    return ok(viewOf(platform, caller.tenantSlug)(domain), domain);
  },
});

const listDomain = defineList({
  id: 'platform.domain.list',
  path: '/domains',
  summary: 'Host names of the tenant’s own.',
  kind: domainKind,
  filters: { status: anyOf(z.enum(domainStatuses)) },
  view: DomainView,
  show: (domain, { caller, platform }) => viewOf(platform, caller.tenantSlug)(domain),
});

const check = defineEndpoint({
  id: 'platform.domain.check',
  method: 'POST',
  path: '/domains/:id/check',
  access: write,
  feature,
  summary: 'Looks at the domain’s zone now, as a job, instead of within five minutes.',
  params: itemParams,
  replies: { 202: { description: 'Asked for.', schema: JobView } },
  faults: ['platform.plan_limit_reached'],
  handle: async (request, platform) => {
    const { id } = await platform.records.for(request.caller).get(domainKind, request.params.id);
    const wanted = { name: CHECK_DOMAIN_JOB, subject: id, scope: SCOPE };
    return commitJob(platform, request, 'platform.domain.check_asked', wanted);
  },
});

const makePrimary = defineEndpoint({
  id: 'platform.domain.make_primary',
  method: 'POST',
  path: '/domains/:id/make-primary',
  access: { permission: 'platform.domain:make_primary' },
  stepUp: 'people',
  feature,
  ifMatch: true,
  summary: 'Makes an active domain the one that letters lead to.',
  params: itemParams,
  replies: { 200: { description: 'It is; the one before is not.', schema: DomainView } },
  faults: ['platform.domain_not_active'],
  handle: async (request, platform) => {
    const { caller, params } = request;
    const scope = platform.records.for(caller).scope(SCOPE);
    const domains = await scope.all(domainKind);
    const domain = domains.find(({ id }) => id === params.id);
    if (domain === undefined) throw recordFault('platform.not_found', { id: params.id });
    assertCurrent(domain, request);
    if (domain.data.status !== 'active') throw domainFault('platform.domain_not_active');
    const before = domains.filter(({ id, data }) => data.primary && id !== domain.id);
    const { create, jobs } = jobParts(platform, request, {
      name: CHECK_DOMAIN_JOB,
      subject: domain.id,
      scope: SCOPE,
    });
    const { saved } = await scope.commit({
      action: 'platform.domain.made_primary',
      update: [
        { record: domain, data: { ...domain.data, primary: true } },
        ...before.map(record => ({ record, data: { ...record.data, primary: false } })),
      ],
      create,
      jobs,
    });
    const after = saved.get(domain.id) as Saved<CustomDomain>; // the commit above changed it
    return ok(viewOf(platform, caller.tenantSlug)(after), after);
  },
});

const remove = defineEndpoint({
  id: 'platform.domain.remove',
  method: 'DELETE',
  path: '/domains/:id',
  access: write,
  stepUp: 'people',
  ifMatch: true,
  summary: 'Gives a domain up: it is served no more, and for a week nobody else can have it.',
  params: itemParams,
  replies: { 200: { description: 'Given up; felt everywhere within a minute.', schema: DomainView } },
  handle: async (request, platform) => {
    const { caller, params } = request;
    const wanted = { name: CHECK_DOMAIN_JOB, subject: params.id, scope: SCOPE };
    const { create, jobs } = jobParts(platform, request, wanted);
    const after = await changeRecord(platform, request, domainKind, params.id, ({ data }) => ({
      action: 'platform.domain.removed',
      data: { ...data, status: 'removed' as const, primary: false },
      create,
      jobs,
    }));
    return ok(viewOf(platform, caller.tenantSlug)(after), after);
  },
});

export const domainEndpoints = [
  add,
  listDomain,
  readOne,
  check,
  makePrimary,
  remove,
  ...historyEndpoints(domainKind, '/domains'),
];
