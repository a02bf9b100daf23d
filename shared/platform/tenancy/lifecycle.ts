import type { Transition } from '../../kernel/index.ts';

export const tenantStatuses = ['provisioning', 'active', 'suspended', 'pending_deletion', 'deleted'] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

/** Whether a tenant in this state is closed to all but its administrators; what others were to be told waits. */
export function isClosed(status: TenantStatus): boolean {
  return status === 'suspended' || status === 'pending_deletion';
}

export type TenantAction =
  | 'finish-provisioning'
  | 'suspend'
  | 'reactivate'
  | 'schedule-deletion'
  | 'cancel-deletion'
  | 'erase';

/** The life of a tenant. */
export const tenantLifecycle: readonly Transition<TenantStatus, TenantAction, undefined>[] = [
  {
    from: ['provisioning'],
    action: 'finish-provisioning',
    to: 'active',
    permission: 'platform.operate',
    automatic: true,
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
  { from: ['pending_deletion'], action: 'cancel-deletion', to: 'suspended', permission: 'platform.operate' },
  {
    from: ['pending_deletion'],
    action: 'erase',
    to: 'deleted',
    permission: 'platform.operate',
    automatic: true,
  },
];

/** Days between the wish to delete a tenant and its erasure. */
export const GRACE_DAYS = 30;
