import { tenancyFault } from './faults.ts';
import { isFreeName } from './platform-tenant.ts';
import type { TenantDirectory } from './tenants.ts';

/** Refuses, with a pointer, a host name that no tenant can have. */
export function assertSlugAllowed(slug: string): void {
  if (isFreeName(slug)) return;
  const errors = [{ pointer: '#/slug', code: 'name_reserved' }];
  throw tenancyFault('platform.slug_reserved', { slug, errors });
}

/**
 * Refuses a host name that `tenant` cannot have, or that another one has at this moment. Of two who ask at the same time the one
 * has it who takes it first (`TenantDirectory.takeSlug`).
 */
export async function assertSlugFree(
  { ownerOfSlug }: Pick<TenantDirectory, 'ownerOfSlug'>,
  slug: string,
  tenant: string,
): Promise<void> {
  assertSlugAllowed(slug);
  const owner = await ownerOfSlug(slug);
  if (owner === undefined || owner === tenant) return;
  const errors = [{ pointer: '#/slug', code: 'name_taken' }];
  throw tenancyFault('platform.slug_taken', { slug, errors });
}
