import type { JobTools } from '../shared/platform/jobs/index.ts';
import type { DeliverTools } from '../shared/platform/webhooks/index.ts';
import { log } from './log.ts';

/** Work that ends as failed throws nothing, so telemetry sees it here only: the alert `failures` counts these lines. */
export const jobEnded: JobTools['ended'] = job => log('info', 'job ended', job);

/** The same for deliveries. */
export const deliveryEnded: DeliverTools['ended'] = delivery => log('info', 'delivery ended', delivery);
