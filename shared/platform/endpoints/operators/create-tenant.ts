import * as z from 'zod';
import { accepted, defineEndpoint } from '../../http/index.ts';
import { askForJob } from '../../jobs/index.ts';
import { draftAccount, PROVISION_JOB } from '../../provisioning/index.ts';
import { newRecordId } from '../../records/index.ts';
import { Currency, Locale, Overrides, Slug, TimeZone, tenantKind } from '../../tenancy/index.ts';
import { lineText } from '../../texts/index.ts';

/** Who owns a tenant first. */
export const Administrator = z.strictObject({
  email: z.email().max(254).meta({ personal: true }),
  name: lineText(200).meta({ personal: true }),
});

/** What a new tenant is made from. */
export const NewTenant = z.strictObject({
  name: lineText(200),
  slug: Slug,
  plan: z.string().max(40),
  region: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/),
  locale: Locale,
  currency: Currency,
  timeZone: TimeZone,
  administrator: Administrator,
  overrides: Overrides.default({ limits: {}, quotas: {}, features: [] }),
});

const Accepted = z.strictObject({ tenantId: z.string(), jobId: z.string() });

/** `POST /tenants`: an entry in the register and a job that makes the tenant from it, in one commit. */
export const createTenant = defineEndpoint({
  id: 'platform.tenant.create',
  method: 'POST',
  path: '/tenants',
  access: 'operator',
  summary:
    'Provisions a tenant without a deployment: name, settings, and its first administrator, who is invited by mail.',
  body: NewTenant,
  creates: tenantKind,
  example: {
    body: {
      name: 'Northgate Calibration',
      slug: 'northgate',
      plan: 'laboratory',
      region: 'westeurope',
      locale: 'en-GB',
      currency: 'GBP',
      timeZone: 'Europe/London',
      administrator: { email: 'helen@northgate.example', name: 'Helen Marchetti' },
    },
  },
  replies: { 202: { description: 'Being made; watch the job.', schema: Accepted } },
  faults: [
    'platform.slug_reserved',
    'platform.slug_taken',
    'platform.region_elsewhere',
    'platform.plan_unknown',
  ],
  handle: async ({ caller, body, newKey }, platform) => {
    const id = newRecordId(tenantKind, newKey());
    const data = await draftAccount(platform, caller, id, body, 'operator');
    const job = askForJob(caller, newKey(), platform.now(), {
      name: PROVISION_JOB,
      queue: 'jobs',
      subject: id,
      scope: id,
    });
    const { reply } = await platform.records
      .for(caller)
      .scope(id)
      .commit({
        action: 'platform.tenant.ordered',
        create: [{ kind: tenantKind, id, data }, job.create],
        jobs: [job.call],
        reply: () => accepted(job.id, { tenantId: id, jobId: job.id }),
      });
    return reply ?? accepted(job.id, { tenantId: id, jobId: job.id });
  },
});
