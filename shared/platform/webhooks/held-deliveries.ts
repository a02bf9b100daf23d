import type { DeliveryMessage, Messenger, Outgoing } from '../messaging/index.ts';
import type { DeliveryEntry, DeliveryLog } from './delivery-log.ts';

export type HeldTools = {
  readonly deliveries: DeliveryLog;
  readonly messenger: Pick<Messenger, 'send'>;
  /** Whether a tenant's deliveries go out; they do not while it is suspended. */
  readonly isServed: (tenant: string) => Promise<boolean>;
  readonly now: () => Date;
};

const QUEUE = 'webhook-deliveries';
const MINUTE_MILLISECONDS = 60_000;

/**
 * Sends on deliveries that were held while their tenant was suspended, of every tenant that is served again. The message first, then
 * the entry: what dies in between is sent on once more, and an attempt that was made is not made again. Returns how many.
 */
export async function releaseHeld(tools: HeldTools): Promise<number> {
  let released = 0;
  for (const tenant of await tools.deliveries.tenantsHeld()) {
    if (!(await tools.isServed(tenant))) continue;
    const entries = await tools.deliveries.held(tenant);
    await tools.messenger.send(entries.flatMap(entry => messageOf(entry, tools.now())));
    for (const entry of entries) {
      const { _etag, held: _held, ...rest } = entry;
      await tools.deliveries.save({ ...rest, state: 'pending' }, _etag);
    }
    released += entries.length;
  }
  return released;
}

function messageOf(entry: DeliveryEntry, now: Date): readonly Outgoing[] {
  const { held, id, tenantId, endpointId, changeId } = entry;
  if (held === undefined) return [];
  const body: DeliveryMessage = { tenantId, endpointId, changeId, ...held };
  const minute = Math.floor(now.getTime() / MINUTE_MILLISECONDS);
  return [{ to: QUEUE, id: `${id}:${held.attempt}:released:${minute}`, body }];
}
