import type { Message } from 'rhea';
import type { Bus } from './bus.ts';
import type { Entity } from './entities.ts';
import type { Fields } from './fields.ts';
import {
  cancelScheduled,
  peek,
  receiveDeferred,
  renewLocks,
  scheduleMessages,
  updateDisposition,
} from './manage-messages.ts';
import { addRule, listRules, removeRule } from './manage-rules.ts';
import { getSessionState, listSessions, renewSession, setSessionState } from './manage-sessions.ts';
import { Refusal } from './refusals.ts';
import type { Reply } from './requests.ts';

/** The part of an address that leads to an entity's request node. */
export const managementSuffix = '/$management';

type Operation = (bus: Bus, entity: Entity, fields: Fields) => Reply;

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response */
const operations: Readonly<Record<string, Operation>> = {
  'com.microsoft:renew-lock': renewLocks,
  'com.microsoft:peek-message': peek,
  'com.microsoft:schedule-message': scheduleMessages,
  'com.microsoft:cancel-scheduled-message': cancelScheduled,
  'com.microsoft:receive-by-sequence-number': receiveDeferred,
  'com.microsoft:update-disposition': updateDisposition,
  'com.microsoft:renew-session-lock': renewSession,
  'com.microsoft:set-session-state': setSessionState,
  'com.microsoft:get-session-state': getSessionState,
  'com.microsoft:get-message-sessions': listSessions,
  'com.microsoft:add-rule': addRule,
  'com.microsoft:remove-rule': removeRule,
  'com.microsoft:enumerate-rules': listRules,
};

/** Carries out a request to an entity's $management node. Throws a Refusal. */
export function manage(bus: Bus, entity: Entity, request: Message): Reply {
  const name = String(request.application_properties?.['operation']);
  const operation = operations[name];
  if (operation === undefined)
    throw new Refusal('not-implemented', `The operation '${name}' is not supported.`);
  // rhea decodes the amqp-value map of a request to a plain object.
  return operation(bus, entity, (request.body ?? {}) as Fields);
}
