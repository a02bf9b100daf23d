import { derivedKey, joinId } from '../../shared/kernel/index.ts';
import type { Tenant } from '../../shared/platform/tenancy/index.ts';
import { laboratory } from './laboratory.ts';

/** The demonstration laboratory's mark: a touchstone with a streak of gold. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><path d="M6 30 14 10l18-4 10 14-6 18-20 4z" fill="#16324f"/><path d="M14 32c6-3 12-9 19-16" fill="none" stroke="#d9a441" stroke-width="4" stroke-linecap="round"/></svg>`;

export const laboratoryTenant: Tenant = {
  id: joinId('tnt', undefined, derivedKey('demo tenant', 'lab')),
  slug: 'lab',
  name: laboratory.name,
  status: 'active',
  locale: 'en-GB',
  timeZone: laboratory.timeZone,
  currency: laboratory.currency,
  branding: {
    legalName: laboratory.name,
    address: [...laboratory.address],
    phone: laboratory.telephone,
    email: laboratory.email,
    accreditation: { body: laboratory.accreditation.body, number: laboratory.accreditation.number },
    colour: '#16324f',
    logoSvg: LOGO,
  },
};

export const rivalTenant: Tenant = {
  id: joinId('tnt', undefined, derivedKey('demo tenant', 'rival')),
  slug: 'rival',
  name: 'Southgate Calibration Services',
  status: 'active',
  locale: 'en-GB',
  timeZone: 'Europe/London',
  currency: 'GBP',
  branding: {
    legalName: 'Southgate Calibration Services',
    address: ['1 Southgate Street', 'Leeds'],
    colour: '#5b2333',
  },
};
