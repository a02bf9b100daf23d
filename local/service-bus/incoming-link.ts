import type { Delivery, EventContext, Receiver } from 'rhea';
import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import type { FaultKind } from './faults.ts';
import { readTransfer } from './incoming-message.ts';
import { publish } from './publish.ts';
import { detached, Refusal } from './refusals.ts';
import { accepted, cutConnection, listenTo, payloadOf } from './rhea-seams.ts';

/** Bytes of a message, or of a batch as a whole, in the Standard tier (service-bus-quotas). */
export const maxMessageBytes = 262_144;

/** Takes what a client sends over the link into the entity. Returns what stops it. */
export function serveIncoming(bus: Bus, link: Receiver, entity: Entity): () => void {
  let isServed = true;
  listenTo(link, 'message', context => {
    if (isServed) receive(bus, link, entity, context);
  });
  return () => {
    isServed = false;
  };
}

function receive(bus: Bus, link: Receiver, entity: Entity, context: EventContext): void {
  const { delivery, connection } = context;
  if (delivery === undefined || !link.is_open()) return;
  const { payload, format } = payloadOf(context);
  if (payload.length > maxMessageBytes) {
    // A rejection, not a detach: the service goes on with the same link.
    delivery.reject(tooLarge(delivery.id, payload.length).amqp);
    return;
  }
  const fault = bus.faults.strike('send', entity.path);
  if (fault !== undefined && strike(fault, link, delivery, () => cutConnection(connection))) return;
  try {
    publish(bus, entity, readTransfer(payload, format));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    delivery.reject(error.amqp);
    return;
  }
  bus.store.afterCommit(() => {
    if (fault === 'drop-after') cutConnection(connection);
    else delivery.update(true, accepted);
  });
}

/** Strikes before the effect. Returns whether the message is not to be taken. */
function strike(fault: FaultKind, link: Receiver, delivery: Delivery, cut: () => void): boolean {
  if (fault === 'drop-before') cut();
  else if (fault === 'detach') link.close(detached().amqp);
  else if (fault === 'busy') delivery.reject(busy);
  else return false;
  return true;
}

const busy = {
  condition: 'com.microsoft:server-busy',
  description: 'The request was throttled. Please retry.',
};

function tooLarge(id: number, bytes: number): Refusal {
  return new Refusal(
    'message-too-large',
    `The received message (delivery-id:${id}, size:${bytes} bytes) exceeds the limit (${maxMessageBytes} bytes) currently allowed on the link.`,
  );
}
