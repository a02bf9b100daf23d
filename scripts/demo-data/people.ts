/** Who can log in to the demo tenants. One passphrase for all: this is a demonstration on your own machine. */
export const passphrase = 'touchstone demo passphrase';

export const laboratoryPeople = [
  {
    email: 'david.rahimi@northgate.example',
    name: 'David Rahimi',
    title: 'Managing director',
    roles: ['tenant-owner'],
  },
  {
    email: 'amara.lindqvist@northgate.example',
    name: 'Amara Lindqvist',
    title: 'Calibration engineer',
    roles: ['technician'],
  },
  {
    email: 'helen.marchetti@northgate.example',
    name: 'Helen Marchetti',
    title: 'Quality manager',
    roles: ['quality-manager'],
  },
  {
    email: 'sofia.brandt@northgate.example',
    name: 'Sofia Brandt',
    title: 'Customer service',
    roles: ['sales'],
  },
  { email: 'noor.visser@northgate.example', name: 'Noor Visser', title: 'Auditor', roles: ['viewer'] },
] as const;

const [owner, technician, quality, sales] = laboratoryPeople;

/** Who of them plays which part of the main job. */
export const laboratoryParts = {
  owner: owner.email,
  technician: technician.email,
  quality: quality.email,
  sales: sales.email,
} as const;

export const rivalPeople = [
  {
    email: 'leila.moradi@southgate.example',
    name: 'Leila Moradi',
    title: 'Managing director',
    roles: ['tenant-owner'],
  },
  {
    email: 'omid.farahani@southgate.example',
    name: 'Omid Farahani',
    title: 'Calibration engineer',
    roles: ['technician'],
  },
] as const;

/** Who runs the platform of a demonstration. */
export const operatorPerson = {
  email: 'iris.okafor@touchstone.example',
  name: 'Iris Okafor',
  title: 'Operator',
  roles: ['operator'],
} as const;

/** What an authenticator of hers reads, in base 32. Known to everybody: this is a demonstration on your own machine. */
export const operatorAuthenticator = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
