import type { PermissionTable } from '../../kernel/index.ts';
import { defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { PUBLISH_JOB } from '../provisioning/index.ts';
import type { RecordKind } from '../records/index.ts';
import { assertFit } from '../retention/index.ts';
import {
  assertPlainLogo,
  plainBranding,
  type Settings,
  settingsId,
  settingsKind,
  TenantSettings,
} from '../tenancy/index.ts';
import { jobParts } from './commit-job.ts';
import { changeRecord } from './current-record.ts';

export const tenantSettingsPermissions: PermissionTable = {
  'platform.tenant_settings:read': ['tenant-owner', 'administrator', 'quality-manager', 'manager'],
  'platform.tenant_settings:write': ['tenant-owner', 'administrator'],
};

const path = '/tenant-settings';
const replies = { 200: { description: 'The settings.', schema: TenantSettings } };

async function shown(settings: Settings): Promise<Settings> {
  return { ...settings, branding: await plainBranding(settings.branding) };
}

const read = defineEndpoint({
  id: 'platform.tenant_settings.read',
  method: 'GET',
  path,
  access: { permission: 'platform.tenant_settings:read' },
  summary:
    'What the tenant decided of itself: branding, locale, origins of its pages, formats of numbers, choices in workflows.',
  replies,
  handle: async ({ caller }, platform) => {
    const settings = await platform.records.for(caller).get(settingsKind, settingsId(caller.tenant));
    return ok(await shown(settings.data), settings);
  },
});

const changeEndpoint = (kinds: () => readonly RecordKind[]): Endpoint =>
  defineEndpoint({
    id: 'platform.tenant_settings.change',
    method: 'PATCH',
    path,
    access: { permission: 'platform.tenant_settings:write' },
    wholeTenant: true,
    // Whose pages may call with somebody's session is no matter of taste.
    stepUp: ({ corsOrigins }) => corsOrigins !== undefined,
    summary: 'Changes the settings; felt everywhere within a minute. Origins of pages take a fresh proof.',
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
          footer: 'Northgate Calibration Ltd, registered in England 01234567',
        },
        numberFormats: { certificate: 'NG-{yyyy}-{seq:6}' },
        workflow: { reviewRequired: true },
      },
    },
    replies,
    faults: ['platform.retention_unfit', 'platform.logo_unfit'],
    handle: async (request, platform) => {
      const { caller, body } = request;
      await assertPlainLogo(body.branding?.logoSvg);
      if (body.retention !== undefined) assertFit(kinds(), body.retention);
      const wanted = { name: PUBLISH_JOB, subject: caller.tenant, scope: 'settings' };
      const { create, jobs } = jobParts(platform, request, wanted);
      const changed = await changeRecord(
        platform,
        request,
        settingsKind,
        settingsId(caller.tenant),
        ({ data }) => ({
          action: 'platform.tenant_settings.changed',
          data: TenantSettings.parse({ ...data, ...body }),
          create,
          jobs,
        }),
      );
      return ok(await shown(changed.data), changed);
    },
  });

/** What tenants decide of themselves. `kinds`: those whose retention may be chosen. */
export function tenantSettingsEndpoints(kinds: () => readonly RecordKind[]): readonly Endpoint[] {
  return [read, changeEndpoint(kinds)];
}
