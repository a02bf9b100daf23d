import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';

/**
 * Writes a security event that belongs to no record: one scope for each tenant and day holds them, and audit search finds them by
 * their action. Nobody else is told.
 */
export async function writeSecurityEvent(
  platform: Pick<Capabilities, 'records' | 'now'>,
  caller: Caller,
  { event, reason }: { readonly event: string; readonly reason: string },
): Promise<void> {
  await platform.records
    .for(caller)
    .scope(`security-${platform.now().toISOString().slice(0, 10)}`)
    .commit({ action: `platform.security.${event}`, reason, events: [] });
}
