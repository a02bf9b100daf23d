import { deleteEntity } from './administration/operations.ts';
import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';

/** When the next entity that deletes itself has been idle for long enough, in milliseconds since the epoch. */
export function nextAutoDelete(bus: Bus): number | undefined {
  let next: number | undefined;
  for (const entity of bus.entities.all()) {
    const at = idleUntil(bus, entity);
    if (at !== undefined && (next === undefined || at < next)) next = at;
  }
  return next;
}

/** Removes the entities that nobody used for the time that they were told (service-bus: AutoDeleteOnIdle). */
export function deleteIdle(bus: Bus, now: number): void {
  for (const entity of [...bus.entities.all()]) {
    const at = idleUntil(bus, entity);
    if (at !== undefined && at <= now && bus.entities.byId(entity.id) === entity) deleteEntity(bus, entity);
  }
}

/** Notes that somebody uses an entity. */
export function touch(bus: Bus, entity: Entity): void {
  entity.times.accessedAt = bus.clock.now();
  const { autoDeleteMs } = entity.settings;
  if (autoDeleteMs !== null) bus.scheduler.expect(bus.clock.now() + autoDeleteMs);
}

function idleUntil(bus: Bus, entity: Entity): number | undefined {
  const { autoDeleteMs } = entity.settings;
  if (autoDeleteMs === null || entity.isSubqueue) return undefined;
  const parts = [entity, entity.deadLetters, entity.transferDeadLetters, ...entity.subscriptions];
  if (bus.attachments.has(parts)) return undefined;
  const used = parts.map(part =>
    part === undefined ? 0 : Math.max(part.times.accessedAt, part.times.updatedAt),
  );
  return Math.max(...used) + autoDeleteMs;
}
