import type * as z from 'zod';
import type { Saved } from '../../platform/records/index.ts';
import { type Stamp, viewOf } from './schema.ts';
import type { SrfData, SrfView } from './srf.ts';
import { isStampWhole } from './stamp.ts';

/** A request as clients see it, its stamps compared with their digests. */
export function srfView(record: Saved<SrfData>): z.infer<typeof SrfView> {
  const { performedBy, reviewedBy, approvedBy, ...view } = viewOf(record);
  return {
    ...view,
    performedBy: judged(performedBy),
    reviewedBy: judged(reviewedBy),
    approvedBy: judged(approvedBy),
  };
}

function judged(stamp: Stamp | null): (Stamp & { readonly whole: boolean }) | null {
  return stamp === null ? null : { ...stamp, whole: isStampWhole(stamp) };
}
