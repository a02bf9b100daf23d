import type { FaultRows, PermissionTable } from '../../kernel/index.ts';
import type { Language } from '../../kernel/languages/index.ts';
import { accessFault, branchFault, branchKind, grantFault, grantKind, roleKind } from '../access/index.ts';
import { accountFault, emailLetterJobs, letterJobs, oauthFault } from '../accounts/index.ts';
import { storageFault } from '../blobs/index.ts';
import { privacyFault, privacyJobs, privacyRequestKind } from '../data-subjects/index.ts';
import { domainFault } from '../domains/index.ts';
import { federationFault } from '../federation/index.ts';
import { type Endpoint, httpFault } from '../http/index.ts';
import {
  apiKeyKind,
  identityProviderKind,
  impersonationKind,
  oauthClientKind,
  passwordFault,
  signInPolicyKind,
  userKind,
} from '../identity/index.ts';
import { type JobDefinition, jobFault, jobKind, jobPermissions } from '../jobs/index.ts';
import { keyFault } from '../keys/index.ts';
import { messagingFault } from '../messaging/index.ts';
import { type Chapters, defineModule, type Module, type PermissionWordings } from '../module/index.ts';
import { mailFault } from '../notifications/index.ts';
import {
  checkDomainJob,
  eraseJob,
  provisionJob,
  publishJob,
  publishMaintenanceJob,
} from '../provisioning/index.ts';
import { type RecordKind, recordFault } from '../records/index.ts';
import { reservationFault } from '../reservations/index.ts';
import { disposeJob, retentionFault } from '../retention/index.ts';
import { vaultFault } from '../secrets/index.ts';
import { signatureKind } from '../signatures/index.ts';
import { signupFault, signupLetterJob, signupPolicyKind } from '../signups/index.ts';
import {
  domainKind,
  maintenanceKind,
  planKind,
  settingsKind,
  tenancyFault,
  tenantKind,
} from '../tenancy/index.ts';
import { type EventTable, webhookEndpointKind, webhookFault } from '../webhooks/index.ts';
import { accountPages } from './account-pages.ts';
import { apiKeyEndpoints, apiKeyPermissions } from './api-keys.ts';
import { auditEndpoints, auditFault, auditPermissions } from './audit.ts';
import { branchEndpoints, branchPermissions } from './branches.ts';
import { platformChapters } from './chapters.ts';
import { discoveryEndpoints } from './discovery.ts';
import { domainEndpoints, domainPermissions } from './domains.ts';
import { emailEndpoints, emailPermissions } from './email.ts';
import { federationEndpoints } from './federation.ts';
import { platformFieldWordings } from './field-wordings.ts';
import { grantEndpoints, grantPermissions } from './grants.ts';
import { healthEndpoints } from './health.ts';
import { historyEndpoints } from './history.ts';
import { identityProviderEndpoints, identityProviderPermissions } from './identity-providers.ts';
import { impersonationEndpoints, impersonationPermissions } from './impersonations.ts';
import { jobEndpoints } from './jobs.ts';
import { loginEndpoints } from './login.ts';
import { oauthEndpoints } from './oauth.ts';
import { authorizeEndpoints } from './oauth-authorize.ts';
import { oauthClientEndpoints, oauthClientPermissions } from './oauth-clients.ts';
import { operatorEndpoints, operatorPermissions } from './operators/index.ts';
import { passwordEndpoints, passwordPermissions } from './passwords.ts';
import { platformPermissionWordings } from './permission-wordings.ts';
import { platformEvents } from './platform-events.ts';
import { privacyEndpoints, privacyPermissions, privacyPersonal } from './privacy-requests.ts';
import { type ProblemEntry, problemEndpoints } from './problems.ts';
import { rebuildRecordCounts, recordCountEndpoints, recordCountPermissions } from './record-counts.ts';
import { type ReferenceOptions, referenceEndpoints } from './reference-page.ts';
import { retentionEndpoints } from './retention.ts';
import { roleEndpoints, rolePermissions } from './roles.ts';
import { secondFactorEndpoints, secondFactorPermissions } from './second-factor.ts';
import { selfEndpoints, selfPermissions } from './self.ts';
import { sessionEndpoints, sessionPermissions } from './sessions.ts';
import { signInPolicyEndpoints, signInPolicyPermissions } from './sign-in-policy.ts';
import { signaturePermissions } from './signatures.ts';
import { signupEndpoints } from './signups.ts';
import { tenantSettingsEndpoints, tenantSettingsPermissions } from './tenant-settings.ts';
import { userEndpoints, userPermissions } from './users.ts';
import { verifyAudit, verifyAuditEndpoints } from './verify-audit.ts';
import { webhookEndpoints, webhookPermissions } from './webhooks.ts';
import { platformWordings } from './wordings.ts';

export type PlatformModuleOptions = ReferenceOptions;

/** What the platform's own endpoints tell of all modules together. */
export type WholeApp = {
  readonly endpoints: readonly Endpoint[];
  readonly permissions: PermissionTable;
  readonly permissionWordings: PermissionWordings;
  readonly kinds: readonly RecordKind[];
  readonly jobs: readonly JobDefinition[];
  readonly events: EventTable;
  readonly chapters: Chapters;
  readonly faults: FaultRows;
};

/**
 * Who people are is told and proved on the operators' host by the same code; what operators order are jobs; and what they do is
 * audited and verified as what everybody does.
 */
const everywhere: readonly Endpoint[] = [
  ...accountPages,
  ...loginEndpoints,
  ...passwordEndpoints,
  ...emailEndpoints,
  ...secondFactorEndpoints,
  ...sessionEndpoints,
  ...signInPolicyEndpoints,
  ...userEndpoints,
  ...selfEndpoints,
  ...auditEndpoints,
  ...verifyAuditEndpoints,
  ...historyEndpoints(userKind, '/users'),
].map(endpoint => ({ ...endpoint, alsoForOperators: true }));

/** Credentials, rights and ways out for data: no operator touches them in somebody's place. */
const personal: readonly string[] = [
  'platform.audit:export',
  'platform.self:password',
  'platform.self:email',
  'platform.self:change',
  'platform.self:enrol',
  'platform.self:session',
  'platform.user:write',
  'platform.user:grant_privileged',
  'platform.user:grant_standard',
  'platform.role:write',
  'platform.grant:write',
  'platform.sign_in_policy:write',
  'platform.api_key:write',
  'platform.oauth_client:write',
  'platform.identity_provider:write',
  'platform.impersonation:end',
  'platform.webhook:write',
  'platform.tenant_settings:write',
  'platform.domain:write',
  'platform.domain:make_primary',
  ...privacyPersonal,
];

const permissions: PermissionTable = {
  ...tenantSettingsPermissions,
  ...operatorPermissions,
  ...apiKeyPermissions,
  ...oauthClientPermissions,
  ...identityProviderPermissions,
  ...impersonationPermissions,
  ...passwordPermissions,
  ...emailPermissions,
  ...secondFactorPermissions,
  ...userPermissions,
  ...selfPermissions,
  ...rolePermissions,
  ...branchPermissions,
  ...grantPermissions,
  ...sessionPermissions,
  ...signInPolicyPermissions,
  ...jobPermissions,
  ...auditPermissions,
  ...signaturePermissions,
  ...recordCountPermissions,
  ...webhookPermissions,
  ...domainPermissions,
  ...privacyPermissions,
};

const faults: FaultRows = {
  ...tenancyFault.rows,
  ...domainFault.rows,
  ...signupFault.rows,
  ...httpFault.rows,
  ...recordFault.rows,
  ...storageFault.rows,
  ...vaultFault.rows,
  ...keyFault.rows,
  ...privacyFault.rows,
  ...retentionFault.rows,
  ...messagingFault.rows,
  ...jobFault.rows,
  ...reservationFault.rows,
  ...auditFault.rows,
  ...webhookFault.rows,
  ...accountFault.rows,
  ...accessFault.rows,
  ...branchFault.rows,
  ...grantFault.rows,
  ...oauthFault.rows,
  ...federationFault.rows,
  ...mailFault.rows,
  ...passwordFault.rows,
};

const records: readonly RecordKind[] = [
  userKind,
  roleKind as RecordKind,
  branchKind as RecordKind,
  grantKind as RecordKind,
  signInPolicyKind,
  settingsKind,
  tenantKind,
  planKind,
  apiKeyKind,
  oauthClientKind,
  identityProviderKind,
  impersonationKind,
  jobKind,
  webhookEndpointKind,
  domainKind,
  signupPolicyKind,
  maintenanceKind,
  signatureKind,
  privacyRequestKind,
];

const jobs: readonly JobDefinition[] = [
  ...letterJobs,
  ...emailLetterJobs,
  signupLetterJob,
  provisionJob,
  publishJob,
  eraseJob,
  checkDomainJob,
  publishMaintenanceJob,
  rebuildRecordCounts,
  verifyAudit,
];

/** What every tenant has whatever it does: login, people, jobs, webhooks, health, the API's description. */
export function platformModule(
  options: PlatformModuleOptions,
  whole: () => WholeApp,
  problems: (language: Language) => ReadonlyMap<string, ProblemEntry>,
): Module {
  return defineModule({
    name: 'platform',
    records,
    endpoints: [
      ...everywhere,
      ...jobEndpoints(() => whole().jobs).map(endpoint => ({ ...endpoint, alsoForOperators: true })),
      ...roleEndpoints(() => whole().permissions),
      ...grantEndpoints(() => whole().kinds),
      ...branchEndpoints,
      ...impersonationEndpoints,
      ...apiKeyEndpoints,
      ...oauthClientEndpoints,
      ...identityProviderEndpoints,
      ...federationEndpoints,
      ...oauthEndpoints,
      ...authorizeEndpoints(() => whole().permissionWordings),
      ...discoveryEndpoints,
      ...tenantSettingsEndpoints(() => whole().kinds),
      ...retentionEndpoints(() => whole().kinds),
      ...domainEndpoints,
      ...operatorEndpoints,
      ...signupEndpoints,
      ...recordCountEndpoints,
      ...privacyEndpoints,
      ...webhookEndpoints(() => whole().events),
      ...historyEndpoints(webhookEndpointKind, '/webhook-endpoints', [], undefined, true),
      ...healthEndpoints,
      ...referenceEndpoints(options, whole),
      ...problemEndpoints(problems),
    ],
    chapters: platformChapters,
    jobs: [...jobs, ...privacyJobs(() => whole().kinds), disposeJob(() => whole().kinds)],
    permissions,
    permissionWordings: platformPermissionWordings,
    personal,
    events: platformEvents,
    faults,
    wordings: platformWordings,
    fieldWordings: platformFieldWordings,
  });
}
