import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { blankCredential, CREDENTIAL_ID, type Credential, credentialKind } from '../identity/index.ts';
import { type CommitRequest, recordFault, type Scope, type StateWrite } from '../records/index.ts';

/** A credential as read, or the blank one of somebody who has none. */
export type KeptCredential = { readonly data: Credential; readonly etag: string | undefined };

/** Counters of addresses that nobody has go away by themselves. */
const PHANTOM_SECONDS = 24 * 60 * 60;
/** So many writers at once have to pass before one gives up. */
const MOST_TRIES = 40;

/** What a change of a credential is written as: the new credential and the change that accounts for it. */
export type CredentialChange<T> = {
  /** Left out when it stays as it is; then nobody's write is in the way. */
  readonly credential?: Credential;
  readonly commit: Omit<CommitRequest, 'states'> & { readonly states?: readonly StateWrite[] };
  readonly outcome: T;
};

/** The credential in a user's scope. */
export async function readCredential(scope: Scope): Promise<KeptCredential> {
  const kept = await scope.state(credentialKind, CREDENTIAL_ID);
  // What an earlier version did not keep yet stands as it does for somebody new.
  return { data: { ...blankCredential, ...kept?.data }, etag: kept?.etag };
}

/** How a credential is written. */
export function credentialWrite(kept: KeptCredential, data: Credential, isPhantom = false): StateWrite {
  return {
    kind: credentialKind,
    id: CREDENTIAL_ID,
    data,
    etag: kept.etag,
    ttlSeconds: isPhantom ? PHANTOM_SECONDS : undefined,
  };
}

/**
 * Decides on the credential as it stands and writes what was decided, unless somebody wrote meanwhile; then decides
 * anew. So of two that use the same thing only one can, and no failure goes uncounted.
 */
export async function changeCredential<T>(
  platform: Capabilities,
  caller: Caller,
  user: string,
  decide: (kept: KeptCredential) => CredentialChange<T> | Promise<CredentialChange<T>>,
  options: { readonly isPhantom?: boolean; readonly first?: KeptCredential } = {},
): Promise<T> {
  const scope = platform.records.for(caller).scope(user);
  let kept = options.first ?? (await readCredential(scope));
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { credential, commit, outcome } = await decide(kept);
    const own = credential === undefined ? [] : [credentialWrite(kept, credential, options.isPhantom)];
    const states = [...own, ...(commit.states ?? [])];
    try {
      await scope.commit({ ...commit, states });
      return outcome;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
      await new Promise(resolve => setTimeout(resolve, Math.random() * 5 * (tries + 1)));
      kept = await readCredential(scope);
    }
  }
  throw recordFault('platform.busy');
}
