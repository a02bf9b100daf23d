import * as z from 'zod';
import { type EventTable, recordEvents } from '../webhooks/index.ts';

const JobEnd = z.object({
  jobId: z.string(),
  name: z.string(),
  subject: z.string(),
  links: z.array(z.object({ rel: z.string(), href: z.string() })),
  problem: z
    .object({ code: z.string(), status: z.int(), data: z.record(z.string(), z.unknown()) })
    .optional(),
});

/** What a tenant may hear of beside what its systems do. */
export const platformEvents: EventTable = {
  'platform.job.succeeded': { summary: 'A job did its work.', data: JobEnd },
  'platform.job.failed': {
    summary: 'A job ended without doing its work; its problem says why.',
    data: JobEnd,
  },
  'platform.job.cancelled': { summary: 'A job was called off.', data: JobEnd },
  ...recordEvents('platform.user', 'A person', 'created', 'changed', 'rolled_back'),
  'platform.user.invited': { summary: 'A person was invited by mail.' },
  'platform.user.activated': { summary: 'A person chose a password for the first time.' },
  'platform.user.disabled': { summary: 'A person can no longer log in.' },
  'platform.user.linked': { summary: 'A person logged in at an issuer for the first time.' },
  'platform.user.settings_changed': { summary: 'A person chose language, theme or time zone.' },
  ...recordEvents('platform.role', 'A role of the tenant’s own', 'created', 'changed', 'deleted'),
  ...recordEvents(
    'platform.branch',
    'A branch',
    'created',
    'changed',
    'deactivated',
    'reactivated',
    'deleted',
    'rolled_back',
  ),
  'platform.grant.created': { summary: 'A single record was shared with somebody.' },
  'platform.grant.ended': { summary: 'A single record is shared no longer.' },
  'platform.impersonation.begun': { summary: 'An operator began to act in a person’s place.' },
  'platform.impersonation.ended': { summary: 'An operator no longer acts in a person’s place.' },
  'platform.sign_in_policy.changed': { summary: 'What is wanted of logins was changed.' },
  'platform.api_key.created': { summary: 'An API key was declared.' },
  'platform.api_key.secret_issued': { summary: 'An API key got its secret.' },
  'platform.api_key.revoked': { summary: 'An API key was revoked.' },
  'platform.oauth_client.created': { summary: 'An OAuth client was declared.' },
  'platform.oauth_client.secret_issued': { summary: 'An OAuth client got its secret.' },
  'platform.oauth_client.revoked': { summary: 'An OAuth client was revoked.' },
  'platform.identity_provider.created': { summary: 'An issuer was registered.' },
  'platform.identity_provider.changed': { summary: 'An issuer was changed.' },
  'platform.identity_provider.secret_given': { summary: 'An issuer got its client secret.' },
  'platform.tenant_settings.created': { summary: 'The tenant got its first settings.' },
  'platform.tenant_settings.changed': { summary: 'The tenant’s settings were changed.' },
  'platform.tenant.published': { summary: 'What was decided of the tenant is felt by requests.' },
  ...recordEvents('platform.webhook_endpoint', 'An address for events', 'created', 'changed', 'rolled_back'),
  'platform.webhook_endpoint.disabled': {
    summary: 'An address for events failed for too long and hears no more.',
  },
  'platform.domain.added': { summary: 'A domain was added.' },
  'platform.domain.check_asked': { summary: 'A domain is to be looked at.' },
  'platform.domain.checked': { summary: 'What is in a domain’s way has changed.' },
  'platform.domain.verified': { summary: 'A domain was proved; its certificate is pending.' },
  'platform.domain.active': { summary: 'A domain is served.' },
  'platform.domain.failed': { summary: 'A domain was not proved in time, or no longer proves itself.' },
  'platform.domain.made_primary': { summary: 'A domain is the one that letters lead to.' },
  'platform.domain.removed': { summary: 'A domain was given up.' },
  'platform.audit.verification_asked': { summary: 'The tenant’s history is to be verified.' },
  'platform.audit.verified': {
    summary: 'The tenant’s history was verified.',
    data: z.object({ intact: z.boolean(), findings: z.int() }),
  },
  'platform.statistics.rebuild_asked': { summary: 'The tenant’s records are to be counted anew.' },
};
