import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { EMAIL_CHANGE_SECONDS, type EmailChange, emailChangeId, emailChangeKind } from '../identity/index.ts';
import { onFresh, recordFault, type State, type StateWrite } from '../records/index.ts';

/** How what is on its way about somebody's address is written. */
export function emailChangeWrite(
  kept: State<EmailChange> | undefined,
  data: EmailChange,
): StateWrite & { data: EmailChange } {
  return {
    ...{ kind: emailChangeKind, id: emailChangeId(data.user), data },
    ...{ etag: kept?.etag, ttlSeconds: EMAIL_CHANGE_SECONDS },
  };
}

/**
 * Takes back a change of their address that somebody asked for: whoever chooses another password may not have asked for it
 * themself. With `sessions`, only what one of these asked for.
 */
export async function dropEmailChange(
  platform: Capabilities,
  caller: Caller,
  user: string,
  sessions?: readonly string[],
): Promise<void> {
  const directory = platform.records.for(caller).scope('directory');
  const load = () => directory.state(emailChangeKind, emailChangeId(user));
  await onFresh(load, async kept => {
    const asker = kept?.data.pending?.session;
    if (kept === undefined || asker === undefined) return;
    if (sessions !== undefined && (asker === null || !sessions.includes(asker))) return;
    const write = emailChangeWrite(kept, { ...kept.data, pending: null });
    if ((await directory.saveState(write)) === undefined)
      throw recordFault('platform.version_stale', { id: kept.id });
  });
}
