import type { News } from '../caches/index.ts';
import { tellOfDirectory } from '../identity/index.ts';
import type { ChangeDocument } from '../records/index.ts';
import { type SecurityEvent, securityAction } from './security-event.ts';

/** What happens in a user's own scope when sessions are revoked in the directory. */
const ENDING: readonly SecurityEvent[] = ['sessions_ended', 'refresh_reused', 'code_reused'];
const endings = new Set(ENDING.map(event => securityAction(event).action));

/**
 * Tells every instance which directories were changed by these commits: people, policies, keys, revocations. What is not
 * told is found out by the next read of each instance.
 */
export async function tellOfDirectories(news: News, changes: readonly ChangeDocument[]): Promise<void> {
  const changed = changes.filter(({ scope, action }) => scope === 'directory' || endings.has(action));
  const tenants = new Set(changed.map(({ tenantId }) => tenantId));
  await Promise.all([...tenants].map(tenant => tellOfDirectory(news, tenant)));
}
