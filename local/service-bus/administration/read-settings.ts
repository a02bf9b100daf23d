import type { NamedKind } from '../entity.ts';
import { limits } from '../entity-limits.ts';
import { Refusal } from '../refusals.ts';
import {
  type AuthorizationRule,
  accessRight,
  type EntitySettings,
  entityStatus,
  settingsFrom,
} from '../settings.ts';
import { readDuration } from './durations.ts';
import { child, children, type Node, textOf } from './xml.ts';

/**
 * The settings in a QueueDescription, TopicDescription or SubscriptionDescription, with defaults for what it leaves out.
 * `existing` are those of the entity that it updates. Throws a Refusal when one does not fit.
 */
export function readEntitySettings(kind: NamedKind, node: Node, existing?: EntitySettings): EntitySettings {
  refuseUnsupported(node);
  const status = textOf(node, 'Status');
  const settings = settingsFrom({
    lockMs: within(limits.lock, duration(node, 'LockDuration')) ?? undefined,
    maxDeliveryCount: within(limits.deliveries, number(node, 'MaxDeliveryCount')) ?? undefined,
    requiresSession: flag(node, 'RequiresSession') ?? existing?.requiresSession,
    ttlMs: within(limits.ttl, duration(node, 'DefaultMessageTimeToLive')),
    deadLetterOnExpiry: flag(node, 'DeadLetteringOnMessageExpiration'),
    deadLetterOnFilterErrors: flag(node, 'DeadLetteringOnFilterEvaluationExceptions'),
    detectsDuplicates: flag(node, 'RequiresDuplicateDetection') ?? existing?.detectsDuplicates,
    duplicateWindowMs:
      within(limits.window, duration(node, 'DuplicateDetectionHistoryTimeWindow')) ?? undefined,
    forwardTo: target(node, 'ForwardTo'),
    forwardDeadLettersTo: target(node, 'ForwardDeadLetteredMessagesTo'),
    status: status === undefined ? undefined : oneOf(entityStatus.options, status),
    autoDeleteMs: within(limits.autoDelete, duration(node, 'AutoDeleteOnIdle')),
    maxSizeMegabytes: size(number(node, 'MaxSizeInMegabytes'), existing),
    batchedOperations: flag(node, 'EnableBatchedOperations'),
    supportsOrdering: flag(node, 'SupportOrdering'),
    userMetadata: metadata(textOf(node, 'UserMetadata')),
    authorizationRules: children(child(node, 'AuthorizationRules'), 'AuthorizationRule').map(readRule),
  });
  checkTogether(kind, settings, existing);
  return settings;
}

function refuseUnsupported(node: Node): void {
  if (flag(node, 'EnablePartitioning') === true) {
    throw bad('EnablePartitioning: partitioned entities are not supported by the local Service Bus.');
  }
  if (flag(node, 'EnableExpress') === true) throw bad('EnableExpress: express entities are not supported.');
  const kilobytes = number(node, 'MaxMessageSizeInKilobytes');
  if (kilobytes !== undefined && kilobytes !== limits.messageKilobytes) {
    throw bad('MaxMessageSizeInKilobytes can be set in the Premium tier only; this namespace is Standard.');
  }
}

function checkTogether(kind: NamedKind, settings: EntitySettings, existing?: EntitySettings): void {
  if (settings.requiresSession && settings.forwardTo !== null) {
    throw bad('ForwardTo cannot be set on an entity that requires sessions.');
  }
  if (kind === 'subscription' && settings.status === 'SendDisabled') {
    throw bad("The status 'SendDisabled' is not one of a subscription.");
  }
  if (existing === undefined) return;
  if (existing.requiresSession !== settings.requiresSession) throw fixed('RequiresSession');
  if (existing.detectsDuplicates !== settings.detectsDuplicates) throw fixed('RequiresDuplicateDetection');
}

function fixed(name: string): Refusal {
  return bad(`The value for the '${name}' property of an existing entity cannot be changed.`);
}

function readRule(node: Node): AuthorizationRule {
  const needed = (name: string): string => {
    const value = textOf(node, name);
    if (value === undefined || value === '') throw bad(`An authorization rule must have a '${name}'.`);
    return value;
  };
  const rights = rightsOf(child(node, 'Rights')).map(right => oneOf(accessRight.options, right));
  if (rights.length === 0) throw bad("An authorization rule must have 'Rights'.");
  return {
    keyName: needed('KeyName'),
    primaryKey: needed('PrimaryKey'),
    secondaryKey: textOf(node, 'SecondaryKey') ?? '',
    rights,
  };
}

function rightsOf(rights: Node): string[] {
  const found = rights['AccessRights'];
  return (Array.isArray(found) ? found : [found]).filter(right => typeof right === 'string');
}

function duration(node: Node, name: string): number | null | undefined {
  const given = textOf(node, name);
  return given === undefined ? undefined : readDuration(given);
}

function number(node: Node, name: string): number | undefined {
  const given = textOf(node, name);
  if (given === undefined) return undefined;
  if (!/^\d+$/.test(given)) throw bad(`The value '${given}' of '${name}' is not a whole number.`);
  return Number(given);
}

function flag(node: Node, name: string): boolean | undefined {
  const given = textOf(node, name)?.trim().toLowerCase();
  if (given === undefined) return undefined;
  return oneOf(['true', 'false'], given) === 'true';
}

/** Forwarding is to an address, of which the path counts, or to a path. */
function target(node: Node, name: string): string | null {
  const given = textOf(node, name);
  if (given === undefined || given === '') return null;
  const path = given.replace(/^[a-z]+:\/\/[^/]*\//i, '');
  const isAddress = given.includes('://');
  if (path !== '' && (!isAddress || (path !== given && URL.canParse(given)))) return path;
  throw bad(`The value '${given}' of '${name}' is not the address of an entity.`);
}

function size(given: number | undefined, existing: EntitySettings | undefined): number | undefined {
  if (given === undefined || given === existing?.maxSizeMegabytes) return given;
  if (limits.sizes.some(each => each === given)) return given;
  throw bad(`The value '${given}' of 'MaxSizeInMegabytes' is not one of ${limits.sizes.join(', ')}.`);
}

function metadata(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (given.length <= limits.metadata) return given;
  throw bad(`'UserMetadata' can have at most ${limits.metadata} characters.`);
}

function within<Value extends number | null | undefined>(
  [least, most]: readonly [number, number],
  value: Value,
): Value {
  if (typeof value === 'number' && (value < least || value > most)) {
    throw bad(
      most === Number.POSITIVE_INFINITY
        ? `The value ${value} is less than ${least}.`
        : `The value ${value} is not between ${least} and ${most}.`,
    );
  }
  if (value === null && Number.isFinite(most)) throw bad(`A value of at most ${most} is required.`);
  return value;
}

function oneOf<Choice extends string>(choices: readonly Choice[], given: string): Choice {
  const found = choices.find(choice => choice === given);
  if (found === undefined) throw bad(`The value '${given}' is not one of ${choices.join(', ')}.`);
  return found;
}

function bad(why: string): Refusal {
  return new Refusal('argument-error', why);
}
