import { tenancyFault } from './faults.ts';

/** Refuses tenants whom this deployment would hold in another region than was asked for. */
export function assertOwnRegion(own: string, wanted: string): void {
  if (wanted === own) return;
  const errors = [{ pointer: '#/region', code: 'other_region', data: { own } }];
  throw tenancyFault('platform.region_elsewhere', { region: wanted, own, errors });
}
