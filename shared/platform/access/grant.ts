import * as z from 'zod';
import { defineFaults } from '../../kernel/index.ts';
import { defineRecord, type RecordKind, scopeOfId } from '../records/index.ts';
import { proseText } from '../texts/index.ts';
import { Permission, RoleName } from './role.ts';

/** Shares one record, with everything that lives in its scope, with a person or with whoever holds a role. */
export const Grant = z.strictObject({
  record: z.string(),
  to: z.union([z.strictObject({ user: z.string().min(1).max(200) }), z.strictObject({ role: RoleName })]),
  permissions: z.array(Permission).min(1).max(20),
  reason: proseText(500),
  expiresAt: z.string(),
  maker: z.string(),
});
export type GrantData = z.infer<typeof Grant>;

/** Lives with the record that it shares, so that one look into its scope tells who may. */
export const grantKind = defineRecord<GrantData>({
  name: 'platform.grant',
  prefix: 'grn',
  home: 'within',
  schema: Grant,
  indexed: ({ to, record, expiresAt }) => ({ to: holderOf(to), record, expiresAt }),
  acrossBranches: true,
  readPermission: 'platform.grant:read',
});

export const MOST_GRANT_DAYS = 366;
/** One look reads all that a scope has. */
export const MOST_GRANTS = 100;
/**
 * What one person or one role holds at a time; beyond that somebody should have a role. Lists name every record that is shared with
 * somebody: by their name and 20 roles at most 5,250, which a query of Cosmos DB (512 KB) holds.
 */
export const MOST_HELD = 250;

export const grantFault = defineFaults({
  'platform.grant_unfit': { status: 422, retry: 'never' },
  'platform.grant_limit': { status: 422, retry: 'never' },
  'platform.grants_held': { status: 422, retry: 'never' },
  'platform.grantee_unknown': { status: 422, retry: 'never' },
});

/** A person's id, or the name of a role. */
export function holderOf(to: GrantData['to']): string {
  return 'user' in to ? to.user : to.role;
}

/** Business objects can be shared, what the platform itself keeps cannot. */
export function isShareable({ home, name }: RecordKind): boolean {
  return typeof home !== 'object' && !name.startsWith('platform.');
}

/** The kind and scope of a record that can be shared. */
export function shareable(
  kinds: readonly RecordKind[],
  id: string,
): { readonly kind: RecordKind; readonly scope: string } | undefined {
  for (const kind of kinds) {
    if (!isShareable(kind)) continue;
    const scope = scopeOfId(kind, id);
    if (scope !== undefined) return { kind, scope };
  }
  return undefined;
}

/** Who asks, as grants name them. */
export type Grantee = { readonly user: string; readonly roles: readonly string[] };

/**
 * What grants let somebody do with a record: those that name them or a role of theirs, stand for the record or the root of
 * its scope, and have not expired. Pure.
 */
export function permissionsGranted(
  grants: readonly GrantData[],
  { user, roles }: Grantee,
  record: { readonly id: string; readonly scope: string },
  time: string,
): readonly string[] {
  return grants
    .filter(({ to, expiresAt }) => expiresAt > time && [user, ...roles].includes(holderOf(to)))
    .filter(grant => grant.record === record.id || grant.record === record.scope)
    .flatMap(({ permissions }) => permissions);
}
