/** One row per way this server says no: the AMQP condition and the status of a management reply. */
const refusals = {
  'argument-error': { condition: 'com.microsoft:argument-error', status: 400 },
  'decode-error': { condition: 'amqp:decode-error', status: 400 },
  'detach-forced': { condition: 'amqp:link:detach-forced', status: 500 },
  'entity-disabled': { condition: 'com.microsoft:entity-disabled', status: 400 },
  'entity-exists': { condition: 'com.microsoft:entity-already-exists', status: 409 },
  'entity-not-found': { condition: 'amqp:not-found', status: 404 },
  'internal-error': { condition: 'amqp:internal-error', status: 500 },
  'lock-lost': { condition: 'com.microsoft:message-lock-lost', status: 410 },
  'message-not-found': { condition: 'com.microsoft:message-not-found', status: 404 },
  'message-too-large': { condition: 'amqp:link:message-size-exceeded', status: 403 },
  'not-allowed': { condition: 'amqp:not-allowed', status: 400 },
  'not-implemented': { condition: 'amqp:not-implemented', status: 501 },
  'out-of-range': { condition: 'com.microsoft:argument-out-of-range', status: 400 },
  'precondition-failed': { condition: 'com.microsoft:precondition-failed', status: 412 },
  'quota-exceeded': { condition: 'amqp:resource-limit-exceeded', status: 403 },
  'server-busy': { condition: 'com.microsoft:server-busy', status: 503 },
  'session-busy': { condition: 'com.microsoft:session-cannot-be-locked', status: 410 },
  'session-lock-lost': { condition: 'com.microsoft:session-lock-lost', status: 410 },
  timeout: { condition: 'com.microsoft:timeout', status: 408 },
  unauthorized: { condition: 'amqp:unauthorized-access', status: 401 },
} as const;

type RefusalCode = keyof typeof refusals;

/** A request that the broker declines. Carries what AMQP and $management tell the client. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly condition: string;
  readonly status: number;

  constructor(code: RefusalCode, description: string) {
    super(description);
    this.code = code;
    this.condition = refusals[code].condition;
    this.status = refusals[code].status;
  }

  /** The error as it stands in a detach, close or rejected frame. The SDK for Python relies on there being info. */
  get amqp(): { condition: string; description: string; info: object } {
    return { condition: this.condition, description: this.message, info: {} };
  }
}

/** The refusal that settling, renewing or deferring with a dead lock token gets. */
export function lockLost(): Refusal {
  return new Refusal(
    'lock-lost',
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue, ' +
      'or was received by a different receiver instance.',
  );
}

/** The refusal for work on a session whose lock this receiver does not hold any more. */
export function sessionLockLost(sessionId: string): Refusal {
  return new Refusal(
    'session-lock-lost',
    `The session lock was lost. Request a new session receiver. Session: '${sessionId}'.`,
  );
}

/** The refusal for an address that names no entity. The wording matters: SDKs recognise it by pattern. */
export function entityNotFound(path: string): Refusal {
  return new Refusal('entity-not-found', `The messaging entity '${path}' could not be found.`);
}

/** The refusal for an entity whose status forbids what a client wants. */
export function entityDisabled(path: string): Refusal {
  return new Refusal(
    'entity-disabled',
    `Messaging entity '${path}' is currently disabled. For more information please see https://aka.ms/ServiceBusExceptions.`,
  );
}

/** The refusal for looking at or taking messages where they are sent on to another entity. */
export function forwardedOn(wanted: 'browser' | 'receiver'): Refusal {
  return new Refusal(
    'not-allowed',
    `Cannot create a message ${wanted} on an entity with auto-forwarding enabled.`,
  );
}

/** What a link says that the service detaches because of its own trouble; clients attach again. */
export function detached(link: string): Refusal {
  return new Refusal(
    'detach-forced',
    `The link '${link}' is force detached by the broker due to errors occurred in consumer(link1). ` +
      'Detach origin: InnerMessageReceiver was closed.',
  );
}

/** The refusal for what no token of the connection covers; names the claim that is lacking, if one is. */
export function unauthorized(address: string, claim?: string): Refusal {
  const claims = claim === undefined ? '' : ` '${claim}' claim(s) are required to perform this operation.`;
  return new Refusal(
    'unauthorized',
    `Unauthorized access. A valid token that covers '${address}' is required.${claims}`,
  );
}

/** The refusal for what took longer than a client wants to wait, in milliseconds. */
export function timedOut(milliseconds: number): Refusal {
  const allotted = new Date(milliseconds).toISOString().slice(11, 19);
  return new Refusal('timeout', `The operation did not complete within the allotted timeout of ${allotted}.`);
}

/** The refusal of a namespace that has too much to do (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-throttling). */
export function throttled(): Refusal {
  return new Refusal(
    'server-busy',
    'The request was terminated because the entity is being throttled. Error code: 50009. Please wait 2 seconds and try again.',
  );
}

/** What the service says when it cannot say why. */
export function unprocessable(): Refusal {
  return new Refusal(
    'internal-error',
    'The service was unable to process the request; please retry the operation. For more information on exception types ' +
      'and proper exception handling, please refer to https://go.microsoft.com/fwlink/?LinkId=761101',
  );
}
