import type { Parts } from '../demo/cast.ts';

/** Who plays which part in the tenant of a deployment that only the smoke test works in. */
export const smokeParts: Parts = {
  owner: 'owner@smoke.example',
  technician: 'technician@smoke.example',
  quality: 'quality@smoke.example',
  sales: 'sales@smoke.example',
};
