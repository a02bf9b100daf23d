import type { Parts } from '../demo/cast.ts';
import { isLocal } from '../demo/route.ts';
import { laboratoryParts, passphrase } from '../demo-data/people.ts';
import { smokeParts } from './tenant.ts';

export type Logins = { readonly parts: Parts; readonly passphrase: string };

/**
 * Who logs in. On this machine the demo's laboratory, whose passphrase everybody knows; elsewhere the people of the smoke
 * test's tenant with the passphrase in SMOKE_PASSPHRASE. SMOKE_OWNER, SMOKE_TECHNICIAN, SMOKE_QUALITY and SMOKE_SALES
 * name other people by e-mail. Throws when there is no passphrase.
 */
export function readLogins(base: URL, environment: Readonly<Record<string, string | undefined>>): Logins {
  const local = isLocal(base);
  const usual = local ? laboratoryParts : smokeParts;
  const given = environment['SMOKE_PASSPHRASE'] ?? (local ? passphrase : undefined);
  if (given === undefined || given === '') {
    throw new Error('SMOKE_PASSPHRASE is not set: the passphrase of the people who log in');
  }
  return {
    parts: {
      owner: environment['SMOKE_OWNER'] ?? usual.owner,
      technician: environment['SMOKE_TECHNICIAN'] ?? usual.technician,
      quality: environment['SMOKE_QUALITY'] ?? usual.quality,
      sales: environment['SMOKE_SALES'] ?? usual.sales,
    },
    passphrase: given,
  };
}
