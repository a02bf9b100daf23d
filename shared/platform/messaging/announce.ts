import type { ChangeDocument } from '../records/index.ts';
import type { Outgoing } from './messages.ts';

/** The topic that every change is told on. */
const EVENTS = 'events';

/**
 * What a change must be told as: one event, and one message for each job it asks for. The ids come from the
 * change, so that saying it twice (directly and by the relay) is heard once.
 */
export function announce(change: ChangeDocument): readonly Outgoing[] {
  const { tenantId, scope, id } = change;
  return [
    {
      to: EVENTS,
      id,
      body: { tenantId, scope, changeId: id },
      properties: { action: change.action, tenantId },
    },
    ...change.jobs.map(job => ({
      to: job.queue,
      id: `${job.id}:${job.version}`,
      body: { tenantId, jobId: job.id },
      properties: { tenantId },
    })),
  ];
}
