import type { Wrapped } from '../secrets/index.ts';

/** Shapes of what stands in container `keys`, in the partition `[tenantId]`. Nothing here is readable without Key Vault. */
export type TenantEntry = {
  readonly id: typeof TENANT_ENTRY;
  readonly tenantId: string;
  readonly type: 'tenant';
  /** The version that wraps what is new. */
  readonly current: number;
  /** Several while a rotation is under way; none once the tenant was erased. */
  readonly versions: readonly (Wrapped & { readonly version: number; readonly madeAt: string })[];
  readonly destroyedAt: string | null;
};

/** The key of one person, or one of the tenant's own purposes (`~common`, `~blind`, …). */
export type PersonEntry = {
  readonly id: string;
  readonly tenantId: string;
  readonly type: 'person';
  /** The version of the tenant's key that wraps the versions here. */
  readonly under: number;
  readonly current: number;
  /** Older ones open what was written under them; none once the person was erased. */
  readonly versions: readonly {
    readonly version: number;
    readonly sealed: string;
    readonly madeAt: string;
  }[];
  readonly destroyedAt: string | null;
};

export const TENANT_ENTRY = '~tenant';

type Stored<T> = T & { readonly _etag: string };
type Key = readonly string[];

/** What is needed of the container; a store of `records` is one. */
export type KeyItems = {
  read<T>(key: Key, id: string): Promise<Stored<T> | undefined>;
  create<T extends { readonly id: string }>(key: Key, item: T): Promise<'created' | 'exists'>;
  replace<T extends { readonly id: string }>(key: Key, item: T, etag: string): Promise<'replaced' | 'stale'>;
  remove(key: Key, id: string, etag?: string): Promise<unknown>;
  batch(
    key: Key,
    operations: readonly { readonly kind: 'create'; readonly item: { readonly id: string } }[],
  ): Promise<{ readonly done: boolean }>;
  query<T>(
    key: Key,
    query: { readonly text: string; readonly parameters: Readonly<Record<string, unknown>> },
  ): Promise<readonly Stored<T>[]>;
};
