import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Endpoint } from './endpoint.ts';
import { onceAMinute } from './once-a-minute.ts';
import { writeSecurityEvent } from './write-security-event.ts';

/** What somebody brought who is not known, or not as who they say: failed logins are counted where passwords stand. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  'platform.token_invalid': 'token_refused',
  'platform.tenant_mismatch': 'token_refused',
  'platform.csrf_invalid': 'csrf_refused',
  'platform.oauth.invalid_client': 'client_refused',
  'platform.link_invalid': 'link_refused',
};
/** Of one tenant by each instance, from however many addresses it comes: strangers do not decide how much we write. */
const MOST_A_MINUTE = 30;

const noted = onceAMinute();

/**
 * Writes down that somebody tried a token, key, client secret or link that is none, or another site's request: a security
 * event with the address that it came from and nothing of what was brought. The refusal stands whether or not this succeeds.
 */
export async function noteAttempt(
  platform: Pick<Capabilities, 'records' | 'now'>,
  caller: Caller,
  endpoint: Endpoint,
  error: unknown,
): Promise<void> {
  const event = error instanceof AppError ? ATTEMPTS[error.code] : undefined;
  if (event === undefined || caller.tenant === '') return;
  const now = platform.now();
  const key = `${caller.tenant} ${event} ${caller.address}`;
  if (!noted.isDue(key, now) || !hasRoom(caller.tenant, now)) return;
  const reason = `${(error as AppError).code} for ${endpoint.id}`;
  await writeSecurityEvent(platform, caller, { event, reason }).catch(() => noted.forget(key));
}

let minute = 0;
const written = new Map<string, number>();

function hasRoom(tenant: string, now: Date): boolean {
  const present = Math.floor(now.getTime() / 60_000);
  if (present !== minute) written.clear();
  minute = present;
  const count = written.get(tenant) ?? 0;
  written.set(tenant, count + 1);
  return count < MOST_A_MINUTE;
}
