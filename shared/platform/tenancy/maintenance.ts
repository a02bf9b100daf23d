import * as z from 'zod';
import { derivedKey, joinId } from '../../kernel/index.ts';
import { defineRecord } from '../records/index.ts';
import { optionalProse } from '../texts/index.ts';

/** `read_only`: what is there is shown, nothing is changed. `closed`: nothing but what a waiting page needs. */
export const maintenanceModes = ['off', 'read_only', 'closed'] as const;

/** Work on the platform, or on one tenant, that requests must keep out of. Operators begin and end it. */
export const Maintenance = z.strictObject({
  mode: z.enum(maintenanceModes),
  /** When it will be over, as far as is known. */
  until: z.iso.datetime().nullable(),
  /** What people are told, in the words of operators. */
  message: optionalProse(500).nullable(),
});
export type Maintenance = z.infer<typeof Maintenance>;

export const noMaintenance: Maintenance = { mode: 'off', until: null, message: null };

/** That of the whole platform; a tenant's own stands in its account. */
export const maintenanceKind = defineRecord<Maintenance>({
  name: 'platform.maintenance',
  prefix: 'mnt',
  home: { fixed: 'maintenance' },
  schema: Maintenance,
  indexed: () => ({}),
  readPermission: 'platform.oversee',
});
export const maintenanceId = joinId(maintenanceKind.prefix, undefined, derivedKey('maintenance'));

/** The stricter of two; of equal ones the first. Pure. */
export function stricter(first: Maintenance, second: Maintenance): Maintenance {
  const rank = ({ mode }: Maintenance): number => maintenanceModes.indexOf(mode);
  return rank(second) > rank(first) ? second : first;
}
