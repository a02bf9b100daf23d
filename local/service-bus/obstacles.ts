import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import { entityDisabled, entityNotFound } from './refusals.ts';

/** The application properties that tell why a message was dead-lettered. */
export type DeadLetterInfo = {
  readonly DeadLetterReason: string;
  readonly DeadLetterErrorDescription: string;
};

/** Why a message cannot be forwarded to an address, undefined when it can. */
export function obstacleTo(
  bus: Bus,
  target: Entity | undefined,
  address: string,
): DeadLetterInfo | undefined {
  if (target === undefined) {
    return reasonOf('MessagingEntityNotFoundException', entityNotFound(address).message);
  }
  if (!target.accepts('send')) {
    return reasonOf('MessagingEntityDisabledException', entityDisabled(target.path).message);
  }
  const full = bus.sizes.excess(target);
  return full === undefined ? undefined : reasonOf('QuotaExceededException', full.message);
}

/** The properties of a dead letter. */
export function reasonOf(DeadLetterReason: string, DeadLetterErrorDescription: string): DeadLetterInfo {
  return { DeadLetterReason, DeadLetterErrorDescription };
}

export const tooManyHops = reasonOf(
  'MaxTransferHopCountExceeded',
  'The maximum number of allowed hops when forwarding between queues has been exceeded.',
);

export const withoutSession = reasonOf(
  'Session ID is null',
  "Session enabled entity doesn't allow a message whose session identifier is null.",
);
