import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Endpoint } from './endpoint.ts';
import { onceAMinute } from './once-a-minute.ts';
import { writeSecurityEvent } from './write-security-event.ts';

const noted = onceAMinute();
/** Written down already, and counted, where the proof was looked at. */
const TOLD = ['platform.signature_refused'];

/**
 * Writes down that somebody who is logged in was refused what they may not: a security event. A fault is one by its status:
 * 403 says that whoever asks may not, whatever refused them (a permission, a branch, separation of duties, a signature);
 * what anybody would be refused has another status. The refusal stands whether or not this succeeds.
 */
export async function noteRefusal(
  platform: Pick<Capabilities, 'records' | 'now'>,
  caller: Caller,
  endpoint: Endpoint,
  error: unknown,
): Promise<void> {
  if (!isRefusal(error) || endpoint.access === 'public' || endpoint.access === 'platform') return;
  const key = `${caller.tenant} ${caller.user} ${endpoint.id} ${error.code}`;
  if (!noted.isDue(key, platform.now())) return;
  const reason = `${String(error.data['permission'] ?? error.code)} for ${endpoint.id}`;
  await writeSecurityEvent(platform, caller, { event: 'permission_refused', reason }).catch(() =>
    noted.forget(key),
  );
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.fault.status === 403 && !TOLD.includes(error.code);
}
