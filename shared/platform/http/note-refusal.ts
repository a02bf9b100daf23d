import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Endpoint } from './endpoint.ts';

/** Somebody who knocks again and again is written down once a minute by each instance. */
const QUIET_MILLISECONDS = 60_000;
const KEEP_MOST = 5000;

/** What somebody hears who asks for more than they may, from the pipeline or from what the endpoint does. */
const REFUSALS: ReadonlySet<string> = new Set([
  'platform.permission_missing',
  'platform.permission_beyond',
  'platform.role_privileged',
  'platform.branch_limited',
  'platform.branch_beyond',
  'platform.branches_beyond',
]);

const noted = new Map<string, number>();

/**
 * Writes down that somebody who is known was refused what they may not: a security event. The refusal stands
 * whether or not this succeeds.
 */
export async function noteRefusal(
  platform: Pick<Capabilities, 'records' | 'now'>,
  caller: Caller,
  endpoint: Endpoint,
  error: unknown,
): Promise<void> {
  if (!(error instanceof AppError) || !REFUSALS.has(error.code) || caller.user === '') return;
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
      reason: `${String(error.data['permission'] ?? error.code)} for ${endpoint.id}`,
      events: [],
    })
    .catch(() => noted.delete(key));
}
