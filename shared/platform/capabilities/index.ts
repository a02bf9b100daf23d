import type { PermissionTable } from '../../kernel/index.ts';
import type { Shares } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Artifacts, ExportStore } from '../blobs/index.ts';
import type { DomainTools } from '../domains/index.ts';
import type { Issuers } from '../federation/index.ts';
import type { Health } from '../health/index.ts';
import type { DirectoryWatch, Identity, IdentityKeys, Machines } from '../identity/index.ts';
import type { BlindIndex } from '../keys/index.ts';
import type { Limiter } from '../limits/index.ts';
import type { Mailer } from '../notifications/index.ts';
import type { Privacy } from '../privacy/index.ts';
import type { Projector } from '../projections/index.ts';
import type { RecordsDoor } from '../records/index.ts';
import type { Balances, Registers, Uniques } from '../reservations/index.ts';
import type { Erasure, MaintenanceBoard, TenantDirectory } from '../tenancy/index.ts';
import type { DeliveryLog, WebhookSecrets } from '../webhooks/index.ts';

/** What the platform offers to endpoints and jobs. Joined in functions/compose.ts and nowhere else. */
export type Capabilities = {
  readonly now: () => Date;
  readonly newKey: () => string;
  /** Which standard roles hold which permission. */
  readonly permissions: PermissionTable;
  readonly records: RecordsDoor;
  readonly audit: Audit;
  /** Counters that follow the changes. */
  readonly projector: Projector;
  /** Numbers without gaps. */
  readonly registers: Registers;
  /** Values that one record of a tenant has at a time. */
  readonly uniques: Uniques;
  /** Amounts that many scopes draw on. */
  readonly balances: Balances;
  /** Ends what was reserved and never confirmed, of every tenant. For the platform's own tick. */
  readonly settleReservations: () => Promise<number>;
  readonly artifacts: Artifacts;
  readonly identity: Identity;
  readonly identityKeys: IdentityKeys;
  /** Finds personal values that nobody can read in the database. */
  readonly blindIndex: (tenant: string) => Promise<BlindIndex>;
  /** Single records that were shared with somebody. */
  readonly shares: Shares;
  /** Who acts by a key or a client of their own. */
  readonly machines: Machines;
  /** OpenID Connect issuers that tenants trust. */
  readonly issuers: Issuers;
  /** Which tokens are no longer good, and what a tenant wants of logins. */
  readonly directory: DirectoryWatch;
  readonly tenants: TenantDirectory;
  /** Counts uses over all instances. */
  readonly limiter: Limiter;
  /** Host names of tenants' own: who has them, what DNS says of them. */
  readonly domains: DomainTools;
  readonly erasure: Erasure;
  /** What makes somebody forgotten. */
  readonly privacy: Privacy;
  /** Files to take away, for as long as their link lasts. */
  readonly exports: ExportStore;
  /** Mail to people; in the worker only. Everybody else asks for a job. */
  readonly mailer: Mailer;
  readonly deliveries: DeliveryLog;
  readonly webhookSecrets: WebhookSecrets;
  /** A tenant's own address: `https://acme.example.com`. */
  readonly originOf: (tenantSlug: string) => string;
  /** The address of a host, whether a tenant's own or a custom one. */
  readonly originAt: (host: string) => string;
  /** Every tenant's host is below it. */
  readonly baseDomain: string;
  /** Names this deployment, and so where the data of its tenants lies. */
  readonly region: string;
  /** Whether every part that requests need answers. */
  readonly health: Health;
  /** Work on the platform that requests keep out of. */
  readonly maintenance: MaintenanceBoard;
};
