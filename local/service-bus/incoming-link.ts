import type { Delivery, EventContext, Receiver } from 'rhea';
import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import { cutsAt, idsIn, refusalOf } from './faults.ts';
import { InOrder } from './in-order.ts';
import { readTransfer } from './incoming-message.ts';
import { publish } from './publish.ts';
import { detached, Refusal } from './refusals.ts';
import { accepted, cutConnection, listenTo, payloadOf } from './rhea-seams.ts';

/** Bytes of a message, or of a batch as a whole, in the Standard tier (service-bus-quotas). */
export const maxMessageBytes = 262_144;

/** Takes what a client sends over the link into the entity. Returns what stops it. */
export function serveIncoming(bus: Bus, link: Receiver, entity: Entity): () => void {
  let isServed = true;
  const steps = new InOrder();
  listenTo(bus.store, link, 'message', context => {
    if (isServed) receive(bus, link, entity, context, steps);
  });
  return () => {
    isServed = false;
  };
}

function receive(bus: Bus, link: Receiver, entity: Entity, context: EventContext, steps: InOrder): void {
  const { delivery, connection } = context;
  if (delivery === undefined || !link.is_open()) return;
  const { payload, format } = payloadOf(context);
  if (payload.length > maxMessageBytes) {
    // A rejection, not a detach: the service goes on with the same link.
    delivery.reject(tooLarge(delivery.id, payload.length).amqp);
    return;
  }
  const target = (): string => idsIn(payload, format);
  const strike = bus.faults.strike({ operation: 'send', entity: entity.path, target });
  const cut = (): void => cutConnection(connection);
  steps.add(strike.delayMs, () => {
    const refusal = refusalOf(strike, entity.path);
    if (!link.is_open()) return;
    if (refusal !== undefined) delivery.reject(refusal.amqp);
    else if (cutsAt(strike, 'before')) cut();
    else if (strike.effect?.effect === 'detach') link.close(detached(link.name).amqp);
    else take(bus, entity, delivery, { payload, format }, cutsAt(strike, 'after') ? cut : undefined);
  });
}

/** Publishes what came; once that is durable the sender hears so, unless `cut` ends its connection instead. */
function take(
  bus: Bus,
  entity: Entity,
  delivery: Delivery,
  { payload, format }: { readonly payload: Buffer; readonly format: number },
  cut: (() => void) | undefined,
): void {
  try {
    publish(bus, entity, readTransfer(payload, format));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    delivery.reject(error.amqp);
    return;
  }
  bus.store.afterCommit(cut ?? (() => delivery.update(true, accepted)));
}

function tooLarge(id: number, bytes: number): Refusal {
  return new Refusal(
    'message-too-large',
    `The received message (delivery-id:${id}, size:${bytes} bytes) exceeds the limit (${maxMessageBytes} bytes) currently allowed on the link.`,
  );
}
