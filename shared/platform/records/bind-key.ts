import type { Caller } from '../../kernel/index.ts';
import type { Keyring } from '../keys/index.ts';
import { blindIndexOf } from './blind-index.ts';
import { recordFault } from './faults.ts';
import type { Store } from './store.ts';

const KEPT_SECONDS = 24 * 60 * 60;

/** What somebody's Idempotency-Key was first used for. It stands in a partition of its own: what a request is about is another's. */
type KeyDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'idempotency-key';
  /** The request's fingerprint under the tenant's key: bodies can be guessed. */
  readonly request: string;
  readonly ttl: number;
};

/**
 * Binds the Idempotency-Key of the request under way to this request for a day. The same key with another body, on another record
 * or to another address is `platform.idempotency_key_reused`.
 */
export async function bindKey(
  { store, keyring }: { readonly store: Store; readonly keyring: Keyring },
  caller: Caller,
): Promise<void> {
  const claim = caller.idempotency;
  if (claim === undefined || caller.tenant === '') return;
  const { tenant } = caller;
  const { boundId: scope, fingerprint } = claim;
  const request = (await blindIndexOf(keyring, tenant)).token(fingerprint);
  const document: KeyDocument = {
    ...{ id: scope, tenantId: tenant, scope, type: 'idempotency-key', request, ttl: KEPT_SECONDS },
  };
  if ((await store.create([tenant, scope], document)) === 'created') return;
  const bound = await store.read<KeyDocument>([tenant, scope], scope);
  // One that is just not seen yet was made by the same request, sent twice: the commit tells them apart.
  if (bound !== undefined && bound.request !== request) throw recordFault('platform.idempotency_key_reused');
}
