import * as z from 'zod';
import { roles, rule } from '../../kernel/index.ts';
import { languages } from '../../kernel/languages/index.ts';
import { defineRecord } from '../records/index.ts';
import { lineText, optionalProse } from '../texts/index.ts';

const PREFIX = 'rol';

/** What a person holds: one of the standard roles, or the id of a role that their tenant made. */
export const RoleName = z.union([
  z.enum(roles),
  z
    .string()
    .length(30)
    .regex(/^rol_[0-9a-hjkmnp-tv-z]{26}$/),
]);

/** Whether a person's role is one that their tenant made. */
export function isCustomRole(role: string): boolean {
  return role.startsWith(`${PREFIX}_`);
}

/** A permission as the catalogue writes it. */
export const Permission = z
  .string()
  .regex(/^[a-z_.]+:[a-z_]+$/)
  .max(80);

/** A role of a tenant's own: a name, in at least one language, and what it may. */
export const CustomRole = z.strictObject({
  name: z
    .partialRecord(z.enum(languages), lineText(80))
    .refine(name => Object.keys(name).length > 0, rule('name_missing')),
  description: optionalProse(500).optional(),
  permissions: z.array(Permission).min(1).max(200),
});
export type CustomRoleData = z.infer<typeof CustomRole>;

/** Roles stand with the people who hold them, so that nobody gets one that is just being deleted. */
export const roleKind = defineRecord<CustomRoleData>({
  name: 'platform.role',
  prefix: PREFIX,
  home: { fixed: 'directory' },
  schema: CustomRole,
  indexed: () => ({}),
  searchable: ({ name }) => Object.values(name).map(text => ({ text })),
  readPermission: 'platform.role:read',
  usedBy: [{ kind: 'platform.user', field: 'roles' }],
});

/** Every request knows its tenant's roles; they are few. */
export const MOST_ROLES = 100;
