import { accountFault } from '../accounts/index.ts';
import { storageFault } from '../blobs/index.ts';
import { type Endpoint, httpFault } from '../http/index.ts';
import { passwordFault, signInPolicyKind, userKind } from '../identity/index.ts';
import { jobFault, jobKind, jobPermissions } from '../jobs/index.ts';
import { messagingFault } from '../messaging/index.ts';
import { defineModule, type Module } from '../module/index.ts';
import { eraseJob, provisionJob, publishJob } from '../provisioning/index.ts';
import { recordFault } from '../records/index.ts';
import { reservationFault } from '../reservations/index.ts';
import { vaultFault } from '../secrets/index.ts';
import { signatureKind } from '../signatures/index.ts';
import { planKind, settingsKind, tenancyFault, tenantKind } from '../tenancy/index.ts';
import { webhookEndpointKind, webhookFault } from '../webhooks/index.ts';
import { auditEndpoints, auditFault, auditPermissions } from './audit.ts';
import { discoveryEndpoints } from './discovery.ts';
import { healthEndpoints } from './health.ts';
import { historyEndpoints } from './history.ts';
import { jobEndpoints } from './jobs.ts';
import { loginEndpoints } from './login.ts';
import { operatorEndpoints, operatorPermissions } from './operators/index.ts';
import { rebuildRecordCounts, recordCountEndpoints, recordCountPermissions } from './record-counts.ts';
import { type ProblemEntry, type ReferenceOptions, referenceEndpoints } from './reference-page.ts';
import { sessionEndpoints, sessionPermissions } from './sessions.ts';
import { signInPolicyEndpoints, signInPolicyPermissions } from './sign-in-policy.ts';
import { signaturePermissions } from './signatures.ts';
import { tenantSettingsEndpoints, tenantSettingsPermissions } from './tenant-settings.ts';
import { userEndpoints, userFault, userPermissions } from './users.ts';
import { verifyAudit, verifyAuditEndpoints } from './verify-audit.ts';
import { webhookEndpoints, webhookPermissions } from './webhooks.ts';
import { platformWordings } from './wordings.ts';

export type PlatformModuleOptions = ReferenceOptions;

/** What every tenant has whatever it does: login, people, jobs, webhooks, health, the API's description. */
export function platformModule(
  options: PlatformModuleOptions,
  all: () => readonly Endpoint[],
  problems: () => ReadonlyMap<string, ProblemEntry>,
): Module {
  return defineModule({
    name: 'platform',
    records: [
      userKind,
      signInPolicyKind,
      settingsKind,
      tenantKind,
      planKind,
      jobKind,
      webhookEndpointKind,
      signatureKind,
    ],
    endpoints: [
      ...loginEndpoints,
      ...sessionEndpoints,
      ...signInPolicyEndpoints,
      ...discoveryEndpoints,
      ...tenantSettingsEndpoints,
      ...operatorEndpoints,
      ...userEndpoints,
      ...jobEndpoints,
      ...auditEndpoints,
      ...verifyAuditEndpoints,
      ...recordCountEndpoints,
      ...webhookEndpoints,
      ...historyEndpoints(userKind, '/users'),
      ...historyEndpoints(webhookEndpointKind, '/webhook-endpoints'),
      ...healthEndpoints,
      ...referenceEndpoints(options, all, problems),
    ],
    jobs: [provisionJob, publishJob, eraseJob, rebuildRecordCounts, verifyAudit],
    permissions: {
      ...userPermissions,
      ...sessionPermissions,
      ...signInPolicyPermissions,
      ...tenantSettingsPermissions,
      ...operatorPermissions,
      ...jobPermissions,
      ...auditPermissions,
      ...signaturePermissions,
      ...recordCountPermissions,
      ...webhookPermissions,
    },
    faults: {
      ...httpFault.rows,
      ...recordFault.rows,
      ...storageFault.rows,
      ...vaultFault.rows,
      ...messagingFault.rows,
      ...jobFault.rows,
      ...reservationFault.rows,
      ...auditFault.rows,
      ...webhookFault.rows,
      ...accountFault.rows,
      ...userFault.rows,
      ...passwordFault.rows,
      ...tenancyFault.rows,
    },
    wordings: platformWordings,
  });
}
