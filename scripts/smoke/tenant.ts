import { derivedKey, joinId } from '../../shared/kernel/index.ts';
import type { Tenant } from '../../shared/platform/tenancy/index.ts';
import type { Parts } from '../demo/cast.ts';
import type { Person } from '../provision.ts';

/** The tenant of a deployment that only the smoke test works in. */
export const smokeTenant: Tenant = {
  id: joinId('tnt', undefined, derivedKey('smoke tenant')),
  slug: 'smoke',
  name: 'Smoke Test Laboratory',
  status: 'active',
  locale: 'en-GB',
  timeZone: 'Etc/UTC',
  currency: 'EUR',
  branding: {
    legalName: 'Smoke Test Laboratory',
    address: ['This laboratory exists for tests only'],
    colour: '#4a4a4a',
  },
};

export const smokeParts: Parts = {
  owner: 'owner@smoke.example',
  technician: 'technician@smoke.example',
  quality: 'quality@smoke.example',
  sales: 'sales@smoke.example',
};

/** The people of the smoke test's tenant, one for each part. */
export const smokePeople: readonly Person[] = [
  { email: smokeParts.owner, name: 'Smoke Owner', title: 'Owner', roles: ['tenant-owner'] },
  { email: smokeParts.technician, name: 'Smoke Technician', title: 'Technician', roles: ['technician'] },
  {
    email: smokeParts.quality,
    name: 'Smoke Quality Manager',
    title: 'Quality manager',
    roles: ['quality-manager'],
  },
  { email: smokeParts.sales, name: 'Smoke Sales', title: 'Sales', roles: ['sales'] },
];
