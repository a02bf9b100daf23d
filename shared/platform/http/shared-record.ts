import { type Caller, timestamp } from '../../kernel/index.ts';
import { grantKind, permissionsGranted, shareable } from '../access/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { RecordKind } from '../records/index.ts';
import type { Principal } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';

type Tools = { readonly platform: Capabilities; readonly kinds: readonly RecordKind[] };

/**
 * Who asks, with what was shared with them of the record that the request is about. Looked for only where they lack the
 * permission, or are limited to branches; it holds for this request and this record alone.
 */
export async function withShared(
  { platform, kinds }: Tools,
  endpoint: Endpoint,
  params: Readonly<Record<string, string>>,
  principal: Principal,
  who: Caller,
): Promise<Caller> {
  const { access } = endpoint;
  const { grantee } = principal;
  const id = params['id'];
  if (typeof access !== 'object' || grantee === undefined || id === undefined) return who;
  if (who.permissions.has(access.permission) && who.branches === undefined) return who;
  const shared = shareable(kinds, id);
  if (shared === undefined) return who;
  const grants = await platform.records.for(who).scope(shared.scope).all(grantKind);
  const granted = permissionsGranted(
    grants.map(({ data }) => data),
    grantee,
    { id, scope: shared.scope },
    timestamp(platform.now()),
  );
  if (!granted.includes(access.permission)) return who;
  const permissions = new Set([...who.permissions, ...granted]);
  return { ...who, permissions, granted: { scope: shared.scope } };
}
