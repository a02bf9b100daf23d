declare const tenantBrand: unique symbol;

/** A tenant's id, made only where a request or a message is tied to a tenant. */
export type TenantId = string & { readonly [tenantBrand]: true };

/** Marks a text as a tenant's id. Only edges (HTTP, queue, provisioning) may call it. */
export function tenantId(text: string): TenantId {
  return text as TenantId; // the brand exists in the types only
}

/** By what somebody acts: a session of their own, a key, a machine's client, or an operator in their place. */
export type Via = {
  readonly kind: 'session' | 'api-key' | 'client' | 'impersonation';
  readonly id: string;
  /** Who really acts, under an impersonation. */
  readonly operator?: { readonly user: string; readonly name: string };
};

/** When the caller last proved who they are, and how (RFC 8176: `pwd`, `otp`, `mfa`, …). */
export type Proof = { readonly at: Date; readonly methods: readonly string[] };

/** Single records, as long as they are of these branches. */
export type GrantedWithin = { readonly records: ReadonlySet<string>; readonly branches: ReadonlySet<string> };

/**
 * Single records, each with what lives in its scope; `only`: nothing else of their kind is open to them. `within`: those that are
 * open as far as whoever shared them sees them.
 */
export type Granted = {
  readonly records: ReadonlySet<string>;
  readonly within?: readonly GrantedWithin[];
  readonly only: boolean;
};

/** Who acts, for which tenant, with which rights, and by which request. Made at the edges, nowhere else. */
export type Caller = {
  readonly tenant: TenantId;
  readonly tenantSlug: string;
  readonly user: string;
  readonly name: string;
  readonly permissions: ReadonlySet<string>;
  /** The branches that they are limited to; undefined for who is not. */
  readonly branches?: ReadonlySet<string> | undefined;
  /** What was shared with them of what this request is about. */
  readonly granted?: Granted | undefined;
  readonly via?: Via | undefined;
  readonly proof?: Proof | undefined;
  readonly requestId: string;
  readonly address: string | undefined;
  readonly idempotency: IdempotencyClaim | undefined;
};

/** One use of an Idempotency-Key: where its entry stands and what the request said. */
export type IdempotencyClaim = {
  /** SHA-256 over tenant, user and key: what stands there says which request the key is for. */
  readonly boundId: string;
  /** SHA-256 over tenant, user, method, route template and key. */
  readonly entryId: string;
  /** SHA-256 over path, query and body: another request under the same key is refused. */
  readonly fingerprint: string;
};

/** Whether the caller holds a permission. */
export function may(caller: Caller, permission: string): boolean {
  return caller.permissions.has(permission);
}

/** The caller of work that nobody's request waits for: it acts in one tenant and holds no permission. */
export function systemCaller(tenant: string, tenantSlug: string, requestId: string): Caller {
  return {
    tenant: tenantId(tenant),
    tenantSlug,
    user: 'system',
    name: 'Touchstone',
    permissions: new Set(),
    requestId,
    address: undefined,
    idempotency: undefined,
  };
}
