import type { Bus } from '../bus.ts';
import type { Entity } from '../entity.ts';
import type { AuthorizationRule } from '../settings.ts';
import { descriptionNamespaces, type Entry, moment } from './atom.ts';
import { writeDuration } from './durations.ts';
import { type Element, text } from './xml.ts';

type Children = (Element | undefined)[];

/** An entity with its settings and what is in it. `base` is the address of the namespace, with its closing slash. */
export function entityEntry(bus: Bus, entity: Entity, base: string): Entry {
  const describe = { queue: queueContent, topic: topicContent, subscription: subscriptionContent };
  const kind = entity.kind === 'topic' || entity.kind === 'subscription' ? entity.kind : 'queue';
  const name = `${kind[0]?.toUpperCase()}${kind.slice(1)}Description`;
  return {
    url: `${base}${entity.path}?api-version=2021-05`,
    title: entity.name,
    createdAt: entity.times.createdAt,
    updatedAt: entity.times.updatedAt,
    description: {
      name,
      attributes: descriptionNamespaces,
      content: describe[kind](bus, entity, endpointOf(base)),
    },
  };
}

/** The namespace itself. */
export function namespaceEntry(base: string, name: string, createdAt: number): Entry {
  const content = [
    text('Alias', ''),
    text('CreatedTime', moment(createdAt)),
    text('MessagingSKU', 'Standard'),
    text('ModifiedTime', moment(createdAt)),
    text('Name', name),
    text('NamespaceType', 'Messaging'),
  ];
  return {
    url: `${base}$namespaceinfo?api-version=2021-05`,
    title: name,
    createdAt,
    updatedAt: createdAt,
    description: { name: 'NamespaceInfo', attributes: descriptionNamespaces, content },
  };
}

/** The children stand in the order of the service's contract, which clients in other languages rely on. */
function queueContent(bus: Bus, entity: Entity, endpoint: string): Children {
  const { settings } = entity;
  return [
    text('LockDuration', writeDuration(settings.lockMs)),
    text('MaxSizeInMegabytes', settings.maxSizeMegabytes),
    text('RequiresDuplicateDetection', settings.detectsDuplicates),
    text('RequiresSession', settings.requiresSession),
    text('DefaultMessageTimeToLive', writeDuration(settings.ttlMs)),
    text('DeadLetteringOnMessageExpiration', settings.deadLetterOnExpiry),
    text('DuplicateDetectionHistoryTimeWindow', writeDuration(settings.duplicateWindowMs)),
    text('MaxDeliveryCount', settings.maxDeliveryCount),
    text('EnableBatchedOperations', settings.batchedOperations),
    text('SizeInBytes', bus.sizes.bytes(entity)),
    text('MessageCount', countsOf(bus, entity).total),
    text('IsAnonymousAccessible', false),
    authorizationRules(settings.authorizationRules),
    text('Status', settings.status),
    forward('ForwardTo', endpoint, settings.forwardTo),
    optional('UserMetadata', settings.userMetadata),
    ...times(entity),
    text('SupportOrdering', settings.supportsOrdering),
    countDetails(bus, entity),
    text('AutoDeleteOnIdle', writeDuration(settings.autoDeleteMs)),
    text('EnablePartitioning', false),
    text('EntityAvailabilityStatus', 'Available'),
    text('EnableExpress', false),
    forward('ForwardDeadLetteredMessagesTo', endpoint, settings.forwardDeadLettersTo),
    text('MaxMessageSizeInKilobytes', 256),
  ];
}

function topicContent(bus: Bus, entity: Entity): Children {
  const { settings } = entity;
  return [
    text('DefaultMessageTimeToLive', writeDuration(settings.ttlMs)),
    text('MaxSizeInMegabytes', settings.maxSizeMegabytes),
    text('RequiresDuplicateDetection', settings.detectsDuplicates),
    text('DuplicateDetectionHistoryTimeWindow', writeDuration(settings.duplicateWindowMs)),
    text('EnableBatchedOperations', settings.batchedOperations),
    text('SizeInBytes', bus.sizes.bytes(entity)),
    text('FilteringMessagesBeforePublishing', false),
    text('IsAnonymousAccessible', false),
    authorizationRules(settings.authorizationRules),
    text('Status', settings.status),
    optional('UserMetadata', settings.userMetadata),
    ...times(entity),
    text('SupportOrdering', settings.supportsOrdering),
    countDetails(bus, entity),
    text('SubscriptionCount', entity.subscriptions.length),
    text('AutoDeleteOnIdle', writeDuration(settings.autoDeleteMs)),
    text('EnablePartitioning', false),
    text('EntityAvailabilityStatus', 'Available'),
    text('EnableSubscriptionPartitioning', false),
    text('EnableExpress', false),
    text('MaxMessageSizeInKilobytes', 256),
  ];
}

function subscriptionContent(bus: Bus, entity: Entity, endpoint: string): Children {
  const { settings } = entity;
  return [
    text('LockDuration', writeDuration(settings.lockMs)),
    text('RequiresSession', settings.requiresSession),
    text('DefaultMessageTimeToLive', writeDuration(settings.ttlMs)),
    text('DeadLetteringOnMessageExpiration', settings.deadLetterOnExpiry),
    text('DeadLetteringOnFilterEvaluationExceptions', settings.deadLetterOnFilterErrors),
    text('MessageCount', countsOf(bus, entity).total),
    text('MaxDeliveryCount', settings.maxDeliveryCount),
    text('EnableBatchedOperations', settings.batchedOperations),
    text('Status', settings.status),
    forward('ForwardTo', endpoint, settings.forwardTo),
    ...times(entity),
    optional('UserMetadata', settings.userMetadata),
    forward('ForwardDeadLetteredMessagesTo', endpoint, settings.forwardDeadLettersTo),
    countDetails(bus, entity),
    text('AutoDeleteOnIdle', writeDuration(settings.autoDeleteMs)),
    text('EntityAvailabilityStatus', 'Available'),
  ];
}

type Counts = {
  readonly active: number;
  readonly deadLetter: number;
  readonly scheduled: number;
  readonly transferDeadLetter: number;
  readonly total: number;
};

/** Deferred messages count as active ones. What is forwarded leaves at once, so that none is ever under way. */
function countsOf(bus: Bus, entity: Entity): Counts {
  const own = bus.messages.counts(entity.id);
  const inside = (each: Entity | undefined): number =>
    each === undefined ? 0 : bus.messages.counts(each.id).active;
  const active = own.active + own.deferred;
  const deadLetter = inside(entity.deadLetters);
  const transferDeadLetter = inside(entity.transferDeadLetters);
  const total = active + own.scheduled + deadLetter + transferDeadLetter;
  return { active, deadLetter, scheduled: own.scheduled, transferDeadLetter, total };
}

function countDetails(bus: Bus, entity: Entity): Element {
  const counts = countsOf(bus, entity);
  return {
    name: 'CountDetails',
    attributes: { 'xmlns:d2p1': 'http://schemas.microsoft.com/netservices/2011/06/servicebus' },
    content: [
      text('d2p1:ActiveMessageCount', counts.active),
      text('d2p1:DeadLetterMessageCount', counts.deadLetter),
      text('d2p1:ScheduledMessageCount', counts.scheduled),
      text('d2p1:TransferMessageCount', 0),
      text('d2p1:TransferDeadLetterMessageCount', counts.transferDeadLetter),
    ],
  };
}

function times({ times: { createdAt, updatedAt, accessedAt } }: Entity): Element[] {
  return [
    text('CreatedAt', moment(createdAt)),
    text('UpdatedAt', moment(updatedAt)),
    text('AccessedAt', moment(accessedAt)),
  ];
}

function authorizationRules(rules: readonly AuthorizationRule[]): Element {
  return {
    name: 'AuthorizationRules',
    content: rules.map(rule => ({
      name: 'AuthorizationRule',
      attributes: { 'i:type': 'SharedAccessAuthorizationRule' },
      content: [
        text('ClaimType', 'SharedAccessKey'),
        text('ClaimValue', 'None'),
        { name: 'Rights', content: rule.rights.map(right => text('AccessRights', right)) },
        text('KeyName', rule.keyName),
        text('PrimaryKey', rule.primaryKey),
        text('SecondaryKey', rule.secondaryKey),
      ],
    })),
  };
}

function forward(name: string, endpoint: string, path: string | null): Element | undefined {
  return path === null ? undefined : text(name, `${endpoint}${path}`);
}

function optional(name: string, value: string | null): Element | undefined {
  return value === null ? undefined : text(name, value);
}

function endpointOf(base: string): string {
  return base.replace(/^https?:/, 'sb:');
}
