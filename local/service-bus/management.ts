import type { Message } from 'rhea';
import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import type { Fields } from './fields.ts';
import {
  cancelScheduled,
  deleteMessages,
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
import type { AccessRight } from './settings.ts';

/** The part of an address that leads to an entity's request node. */
export const managementSuffix = '/$management';

type Operation = (bus: Bus, entity: Entity, fields: Fields) => Reply;

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response */
const operations: Readonly<Record<string, readonly [Operation, AccessRight?]>> = {
  'com.microsoft:renew-lock': [renewLocks, 'Listen'],
  'com.microsoft:peek-message': [peek, 'Listen'],
  'com.microsoft:schedule-message': [scheduleMessages, 'Send'],
  'com.microsoft:cancel-scheduled-message': [cancelScheduled, 'Send'],
  'com.microsoft:receive-by-sequence-number': [receiveDeferred, 'Listen'],
  'com.microsoft:update-disposition': [updateDisposition, 'Listen'],
  'com.microsoft:batch-delete-messages': [deleteMessages, 'Listen'],
  'com.microsoft:renew-session-lock': [renewSession, 'Listen'],
  'com.microsoft:set-session-state': [setSessionState, 'Listen'],
  'com.microsoft:get-session-state': [getSessionState, 'Listen'],
  'com.microsoft:get-message-sessions': [listSessions, 'Listen'],
  'com.microsoft:add-rule': [addRule],
  'com.microsoft:remove-rule': [removeRule],
  'com.microsoft:enumerate-rules': [listRules],
};

/** What a request to an entity's $management node asks for, and the right it needs. Throws a Refusal. */
export function findOperation(request: Message): { operation: Operation; right: AccessRight | undefined } {
  const name = String(request.application_properties?.['operation']);
  const [operation, right] = operations[name] ?? [];
  if (operation === undefined)
    throw new Refusal('not-implemented', `The operation '${name}' is not supported.`);
  return { operation, right };
}

/** The fields of a request. rhea decodes its amqp-value map to a plain object. */
export function fieldsOf(request: Message): Fields {
  return (request.body ?? {}) as Fields;
}
