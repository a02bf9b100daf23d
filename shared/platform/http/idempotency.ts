import { type Caller, contentHash, derivedKey, type IdempotencyClaim, joinId } from '../../kernel/index.ts';
import type { IdentityKeys } from '../identity/index.ts';
import { type RecordKind, scopeOfId } from '../records/index.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';
import type { Input } from './input.ts';
import type { WireRequest } from './wire.ts';

const MAX_KEY = 255;
/** What everybody may do with their own account. */
const SELF = 'platform.self:';

/**
 * The claim that an Idempotency-Key makes (draft-ietf-httpapi-idempotency-key-header-07): bound to tenant,
 * user, method and route, with a fingerprint of what was asked. The header is a structured-field string;
 * unquoted keys are taken too.
 */
export async function idempotencyClaim(
  keys: Pick<IdentityKeys, 'mark'>,
  endpoint: Endpoint,
  wire: Pick<WireRequest, 'header' | 'url'>,
  { tenant, user }: Pick<Caller, 'tenant' | 'user'>,
  input: Input,
): Promise<IdempotencyClaim | undefined> {
  const header = wire.header('idempotency-key');
  if (header === undefined || endpoint.method !== 'POST') return undefined;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (key.length === 0 || key.length > MAX_KEY || !/^[\x20-\x7e]+$/.test(key)) {
    throw httpFault('platform.idempotency_key_invalid', { limit: MAX_KEY });
  }
  if (!takesKey(endpoint)) return undefined;
  const request = { path: wire.url.pathname, ...input };
  return {
    boundId: `key_${derivedKey(tenant, user, key)}`,
    entryId: `idem_${derivedKey(tenant, user, endpoint.method, endpoint.path, key)}`,
    fingerprint: contentHash(await withoutSecrets(keys, endpoint, tenant, request)),
  };
}

/** Ids that depend on the claim alone, so that a retry meets the scope of the first try. */
export function keysOf(claim: IdempotencyClaim | undefined, fresh: () => string): () => string {
  if (claim === undefined) return fresh;
  let count = 0;
  return () => {
    count += 1;
    return derivedKey(claim.entryId, String(count));
  };
}

/** Where the entry of a request would stand: in the scope of the record it names or would create, or of whoever asks about themselves. */
export function replayScope(
  endpoint: Endpoint,
  params: Readonly<Record<string, string>>,
  kinds: readonly RecordKind[],
  claim: IdempotencyClaim,
  user: string,
): string | undefined {
  const id = params['id'];
  if (id !== undefined) {
    for (const kind of kinds) {
      const scope = scopeOfId(kind, id);
      if (scope !== undefined) return scope;
    }
    return undefined;
  }
  const { creates } = endpoint;
  if (isAboutSelf(endpoint)) return user;
  if (creates === undefined || creates.home === 'within') return undefined;
  return scopeOfId(creates, joinId(creates.prefix, undefined, derivedKey(claim.entryId, '1')));
}

function isAboutSelf({ access, creates }: Endpoint): boolean {
  return typeof access === 'object' && access.permission.startsWith(SELF) && creates === undefined;
}

/** POSTs of somebody known; a login makes nothing that could be there twice. */
export function takesKey(endpoint: Pick<Endpoint, 'method' | 'access' | 'repliesSecret'>): boolean {
  const { access, method } = endpoint;
  if (endpoint.repliesSecret === true) return false;
  return method === 'POST' && (typeof access === 'object' || access === 'operator');
}

/** A fast hash of a password would undo the slow one, so secrets are marked with a key of the tenant's; what proves who asks is left out. */
async function withoutSecrets(
  keys: Pick<IdentityKeys, 'mark'>,
  { proofFields = [], secretFields = [] }: Endpoint,
  tenant: string,
  request: { readonly body: unknown },
): Promise<unknown> {
  if (typeof request.body !== 'object' || request.body === null) return request;
  if (proofFields.length + secretFields.length === 0) return request;
  const marked = Object.entries(request.body)
    .filter(([name]) => !proofFields.includes(name))
    .map(async ([name, value]) => {
      if (!secretFields.includes(name)) return [name, value] as const;
      const mark = await keys.mark('idempotency', tenant, JSON.stringify([name, value]));
      return [name, mark.toString('base64url')] as const;
    });
  return { ...request, body: Object.fromEntries(await Promise.all(marked)) };
}
