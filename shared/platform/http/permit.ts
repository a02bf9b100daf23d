import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';

/** Refuses a caller without the endpoint's permission, before anything is read for the request. */
export function permit(endpoint: Endpoint, permissions: ReadonlySet<string>): void {
  const { access } = endpoint;
  if (access === 'public' || access === 'platform') return;
  const needed = access === 'operator' ? 'platform.operate' : access.permission;
  if (!permissions.has(needed)) throw httpFault('platform.permission_missing', { permission: needed });
}
