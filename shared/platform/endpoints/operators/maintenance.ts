import type * as z from 'zod';
import { defineEndpoint, ok } from '../../http/index.ts';
import { PUBLISH_MAINTENANCE_JOB } from '../../provisioning/index.ts';
import { Maintenance, maintenanceId, maintenanceKind, noMaintenance } from '../../tenancy/index.ts';
import { jobParts } from '../commit-job.ts';
import { assertCurrent } from '../current-record.ts';
import { itemParams } from '../lists.ts';
import { changeAccount } from './move-tenant.ts';
import { TenantView, tenantView } from './tenant-view.ts';

const SCOPE = 'maintenance';
const example = {
  body: {
    mode: 'read_only',
    until: '2026-11-29T04:00:00Z',
    message: 'The database is being moved; what is there can be read.',
  },
};

const read = defineEndpoint({
  id: 'platform.maintenance.read',
  method: 'GET',
  path: '/maintenance',
  access: 'operator',
  summary: 'Whether the whole platform is being worked on.',
  replies: { 200: { description: 'The mode.', schema: Maintenance } },
  handle: async ({ caller }, platform) => {
    const record = await platform.records.for(caller).find(maintenanceKind, maintenanceId);
    return ok(record?.data ?? noMaintenance, record ?? { version: 0 });
  },
});

const change = defineEndpoint<Record<string, never>, Record<string, never>, z.infer<typeof Maintenance>>({
  id: 'platform.maintenance.change',
  method: 'PUT',
  path: '/maintenance',
  access: 'operator',
  summary:
    'Begins or ends work on the whole platform: tenants read only, or are closed. Operators and jobs go on. Felt within seconds.',
  body: Maintenance,
  ifMatch: true,
  example,
  replies: { 200: { description: 'Said.', schema: Maintenance } },
  handle: async (request, platform) => {
    const { caller, body } = request;
    const scope = platform.records.for(caller).scope(SCOPE);
    const record = await scope.find(maintenanceKind, maintenanceId);
    assertCurrent(record ?? { version: 0 }, request);
    const job = jobParts(platform, request, {
      name: PUBLISH_MAINTENANCE_JOB,
      subject: maintenanceId,
      scope: SCOPE,
    });
    const make = { kind: maintenanceKind, id: maintenanceId, data: body };
    const { saved } = await scope.commit({
      action: 'platform.maintenance.changed',
      create: record === undefined ? [make, ...job.create] : job.create,
      update: record === undefined ? [] : [{ record, data: body }],
      jobs: job.jobs,
    });
    return ok(body, saved.get(maintenanceId));
  },
});

const changeOfTenant = defineEndpoint({
  id: 'platform.tenant.maintain',
  method: 'PUT',
  path: '/tenants/:id/maintenance',
  access: 'operator',
  summary: 'Begins or ends work on one tenant. Felt within seconds.',
  params: itemParams,
  body: Maintenance,
  ifMatch: true,
  example,
  replies: { 200: { description: 'Said.', schema: TenantView } },
  handle: async (request, platform) => {
    const { params, body } = request;
    const changed = await changeAccount(platform, request, params.id, ({ data }) => ({
      action: 'platform.tenant.maintenance_changed',
      data: { ...data, maintenance: body },
    }));
    return ok(tenantView(changed), changed);
  },
});

export const maintenanceEndpoints = [read, change, changeOfTenant];
