import type * as z from 'zod';
import type { Caller, PermissionTable } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineEndpoint, ok } from '../http/index.ts';
import { askForJob } from '../jobs/index.ts';
import { PUBLISH_JOB } from '../provisioning/index.ts';
import { recordFault, type Saved } from '../records/index.ts';
import { type Settings, settingsId, settingsKind, TenantSettings } from '../tenancy/index.ts';

export const tenantSettingsPermissions: PermissionTable = {
  'platform.tenant_settings:read': ['tenant-owner', 'administrator', 'quality-manager', 'manager'],
  'platform.tenant_settings:write': ['tenant-owner', 'administrator'],
};

const path = '/tenant-settings';
const replies = { 200: { description: 'The settings.', schema: TenantSettings } };

const read = defineEndpoint({
  id: 'platform.tenant_settings.read',
  method: 'GET',
  path,
  access: { permission: 'platform.tenant_settings:read' },
  summary: 'What the tenant decided of itself: branding, locale, origins of its pages.',
  replies,
  handle: async ({ caller }, platform) => {
    const settings = await platform.records.for(caller).get(settingsKind, settingsId(caller.tenant));
    return ok(settings.data, settings);
  },
});

const change = defineEndpoint({
  id: 'platform.tenant_settings.change',
  method: 'PATCH',
  path,
  access: { permission: 'platform.tenant_settings:write' },
  wholeTenant: true,
  summary: 'Changes the settings; felt everywhere within a minute.',
  body: TenantSettings.partial(),
  ifMatch: true,
  example: {
    body: {
      locale: 'fa-IR',
      timeZone: 'Asia/Tehran',
      corsOrigins: ['https://app.northgate.example'],
      branding: {
        legalName: 'Northgate Calibration Ltd',
        address: ['1 Quay Street', 'Leeds'],
        colour: '#16324f',
      },
    },
  },
  replies,
  handle: async ({ caller, body, ifMatch, newKey }, platform) => {
    const settings = await platform.records.for(caller).get(settingsKind, settingsId(caller.tenant));
    if (settings.version !== ifMatch)
      throw recordFault('platform.version_stale', { version: settings.version });
    const data = TenantSettings.parse({ ...settings.data, ...body });
    const changed = await commitSettings(platform, caller, settings, data, newKey());
    return ok(changed.data, changed);
  },
});

/** The settings and the job that tells the directory of them, in one commit. */
async function commitSettings(
  platform: Capabilities,
  caller: Caller,
  settings: Saved<Settings>,
  data: z.infer<typeof TenantSettings>,
  key: string,
): Promise<Saved<Settings>> {
  const job = askForJob(caller, key, platform.now(), {
    name: PUBLISH_JOB,
    queue: 'jobs',
    subject: caller.tenant,
    scope: 'settings',
  });
  const { saved } = await platform.records
    .for(caller)
    .scope('settings')
    .commit({
      action: 'platform.tenant_settings.changed',
      update: [{ record: settings, data }],
      create: [job.create],
      jobs: [job.call],
    });
  return saved.get(settings.id) as Saved<Settings>; // the commit above changed it
}

export const tenantSettingsEndpoints = [read, change];
