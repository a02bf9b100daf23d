import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Endpoint } from './endpoint.ts';

/** Somebody who knocks again and again is written down once a minute by each instance. */
const QUIET_MILLISECONDS = 60_000;
const KEEP_MOST = 5000;

const noted = new Map<string, number>();

/**
 * Writes down that somebody who is known was refused for want of a permission: a security event. The refusal stands
 * whether or not this succeeds.
 */
export async function noteRefusal(
  platform: Pick<Capabilities, 'records' | 'now'>,
  caller: Caller,
  endpoint: Endpoint,
  error: unknown,
): Promise<void> {
  if (!(error instanceof AppError) || error.code !== 'platform.permission_missing' || caller.user === '')
    return;
  const now = platform.now();
  const key = `${caller.tenant} ${caller.user} ${endpoint.id}`;
  if ((noted.get(key) ?? 0) > now.getTime() - QUIET_MILLISECONDS) return;
  if (noted.size >= KEEP_MOST) noted.clear();
  noted.set(key, now.getTime());
  const day = now.toISOString().slice(0, 10);
  await platform.records
    .for(caller)
    .scope(`security-${day}`)
    .commit({
      action: 'platform.security.permission_refused',
      reason: `${String(error.data['permission'])} for ${endpoint.id}`,
      events: [],
    })
    .catch(() => noted.delete(key));
}
