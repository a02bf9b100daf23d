import type { Bus } from '../bus.ts';
import type { Entity, NamedKind } from '../entity.ts';
import { checkEntityName, checkSubscriptionName } from '../names.ts';
import { entityNotFound, forwardedOn, Refusal } from '../refusals.ts';
import { matchAll } from '../rules.ts';
import type { EntitySettings } from '../settings.ts';
import { readEntitySettings } from './read-settings.ts';
import { readRule } from './rules.ts';
import { child, type Node } from './xml.ts';

export type ForwardSetting = 'forwardTo' | 'forwardDeadLettersTo';

/** Throws a Refusal unless the client may manage what an entity is to forward to. */
export type AuthorizeTarget = (setting: ForwardSetting, target: string) => void;

/** Makes a queue, topic or subscription as its description says. Throws a Refusal. */
export function createEntity(
  bus: Bus,
  kind: NamedKind,
  path: string,
  description: Node,
  authorize: AuthorizeTarget,
): Entity {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (kind === 'subscription') checkSubscriptionName(name);
  else checkEntityName(path);
  const topic = kind === 'subscription' ? requireTopic(bus, path) : undefined;
  if (bus.entities.find(path) !== undefined) throw conflict(path, kind);
  const settings = readEntitySettings(kind, description);
  checkTargets(bus, settings, path, authorize);
  const entity = bus.entities.create(kind, path, settings);
  if (topic !== undefined) addFirstRule(bus, entity, description);
  if (settings.autoDeleteMs !== null) bus.scheduler.expect(bus.clock.now() + settings.autoDeleteMs);
  return entity;
}

/** Gives an entity other settings; links that its new status forbids are closed. Throws a Refusal. */
export function updateEntity(
  bus: Bus,
  entity: Entity,
  kind: NamedKind,
  description: Node,
  authorize: AuthorizeTarget,
): void {
  const settings = readEntitySettings(kind, description, entity.settings);
  checkTargets(bus, settings, entity.path, authorize);
  bus.entities.update(entity, settings);
  for (const direction of ['send', 'receive'] as const) {
    if (!entity.accepts(direction)) bus.attachments.close(entity, disabled(entity), direction);
  }
  for (const source of [entity, entity.deadLetters]) {
    if (source === undefined || !bus.entities.isForwarded(source)) continue;
    bus.attachments.close(source, forwardedOn('receiver'), 'receive');
  }
  if (settings.autoDeleteMs !== null) bus.scheduler.expect(bus.clock.now() + settings.autoDeleteMs);
  bus.wake(entity);
}

/** Removes an entity with all that is in it and closes the links to it. */
export function deleteEntity(bus: Bus, entity: Entity): void {
  for (const gone of bus.entities.remove(entity)) {
    bus.attachments.close(gone, entityNotFound(gone.path));
    bus.locks.dropOf(gone);
    bus.rules.forget(gone);
  }
}

function addFirstRule(bus: Bus, subscription: Entity, description: Node): void {
  const given = child(description, 'DefaultRuleDescription');
  const name = given['Name'];
  try {
    const rule =
      'Filter' in given ? readRule(given, typeof name === 'string' ? name : matchAll.name) : matchAll;
    bus.rules.add(subscription, rule);
  } catch (error) {
    bus.entities.remove(subscription);
    throw error;
  }
}

function requireTopic(bus: Bus, path: string): Entity {
  const name = path.replace(/\/subscriptions\/[^/]*$/i, '');
  const topic = bus.entities.find(name);
  if (topic?.kind !== 'topic') throw entityNotFound(name);
  return topic;
}

function checkTargets(bus: Bus, settings: EntitySettings, path: string, authorize: AuthorizeTarget): void {
  for (const setting of ['forwardTo', 'forwardDeadLettersTo'] as const) {
    const target = settings[setting];
    if (target === null) continue;
    authorize(setting, target);
    const kind = bus.entities.find(target)?.kind;
    if (kind !== 'queue' && kind !== 'topic') {
      throw new Refusal('argument-error', `The destination '${target}' of forwarding does not exist.`);
    }
    if (target.toLowerCase() === path.toLowerCase()) {
      throw new Refusal('argument-error', `'${path}' cannot forward to itself.`);
    }
  }
}

function disabled(entity: Entity): Refusal {
  return new Refusal('entity-disabled', `Messaging entity '${entity.path}' is currently disabled.`);
}

/** Queues and topics that exist are worded differently from subscriptions. */
function conflict(path: string, kind: NamedKind): Refusal {
  return new Refusal(
    'entity-exists',
    kind === 'subscription'
      ? `The messaging entity '${path}' already exists.`
      : "SubCode=40900. Conflict. You're requesting an operation that isn't allowed in the resource's current state. " +
          'To know more visit https://aka.ms/sbResourceMgrExceptions.',
  );
}
