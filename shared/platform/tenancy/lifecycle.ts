import type { Guard, Transition } from '../../kernel/index.ts';
import { tenancyFault } from './faults.ts';

export const tenantStatuses = ['provisioning', 'active', 'suspended', 'pending_deletion', 'deleted'] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

/** Whether a tenant in this state is closed to all but its administrators; what others were to be told waits. */
export function isClosed(status: TenantStatus): boolean {
  return status === 'suspended' || status === 'pending_deletion';
}

/** Refuses what begins something new in a tenant that is closed, whoever asks for it. */
export async function assertServed(
  { byId }: { byId(id: string): Promise<{ readonly status: TenantStatus } | undefined> },
  tenant: string,
): Promise<void> {
  const { status } = (await byId(tenant)) ?? {};
  if (status !== undefined && isClosed(status)) throw tenancyFault('platform.tenant_suspended');
}

export type TenantAction =
  | 'finish-provisioning'
  | 'fail-provisioning'
  | 'retry-provisioning'
  | 'suspend'
  | 'reactivate'
  | 'schedule-deletion'
  | 'cancel-deletion'
  | 'erase';

/** Whether a tenant was ever served: until then nothing is lost with it, and it waits for no grace. */
export type TenantPast = { readonly served: boolean };

const wasServed: Guard<TenantPast> = {
  code: 'platform.tenant_transition_not_open',
  refuses: ({ served }) => (served ? undefined : {}),
};
const wasNeverServed: Guard<TenantPast> = {
  code: 'platform.tenant_transition_not_open',
  refuses: ({ served }) => (served ? {} : undefined),
};

/** The life of a tenant. */
export const tenantLifecycle: readonly Transition<TenantStatus, TenantAction, TenantPast>[] = [
  {
    from: ['provisioning'],
    action: 'finish-provisioning',
    to: 'active',
    permission: 'platform.operate',
    automatic: true,
  },
  {
    from: ['provisioning'],
    action: 'fail-provisioning',
    to: 'pending_deletion',
    permission: 'platform.operate',
    automatic: true,
  },
  {
    from: ['provisioning', 'pending_deletion'],
    action: 'retry-provisioning',
    to: 'provisioning',
    permission: 'platform.operate',
    guards: [wasNeverServed],
  },
  { from: ['active'], action: 'suspend', to: 'suspended', permission: 'platform.operate', needsReason: true },
  { from: ['suspended'], action: 'reactivate', to: 'active', permission: 'platform.operate' },
  {
    from: ['active', 'suspended', 'provisioning'],
    action: 'schedule-deletion',
    to: 'pending_deletion',
    permission: 'platform.operate',
    needsReason: true,
  },
  {
    from: ['pending_deletion'],
    action: 'schedule-deletion',
    to: 'pending_deletion',
    permission: 'platform.operate',
    needsReason: true,
    guards: [wasNeverServed],
  },
  {
    from: ['pending_deletion'],
    action: 'cancel-deletion',
    to: 'suspended',
    permission: 'platform.operate',
    guards: [wasServed],
  },
  {
    from: ['pending_deletion'],
    action: 'erase',
    to: 'deleted',
    permission: 'platform.operate',
    automatic: true,
  },
];

/** How long a provisioning that failed can be tried again, unless trying again is hopeless, before it is undone. */
export const UNDO_AFTER_SECONDS = 86_400;

/** Days between the wish to delete a tenant and its erasure. */
export const GRACE_DAYS = 30;
