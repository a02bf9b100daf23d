import type { Schedule } from './ncrontab.ts';

/** When a timer last ran and should run next (`ScheduleStatus` of the real extension). */
export type TimerStatus = { readonly last: Date; readonly next: Date; readonly lastUpdated: Date };

/** .NET's default date: the timer has never run. */
export const never = new Date('0001-01-01T00:00:00Z');

/** The status in the form in which the real host stores it and hands it to the function. */
export function formatStatus(status: TimerStatus): { Last: string; Next: string; LastUpdated: string } {
  const format = (date: Date): string => date.toISOString().replace(/\.?0*Z$/, '+00:00');
  return { Last: format(status.last), Next: format(status.next), LastUpdated: format(status.lastUpdated) };
}

/** A stored status; undefined when it is none. */
export function parseStatus(value: unknown): TimerStatus | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map(Object.entries(value));
  const [last, next, lastUpdated] = ['Last', 'Next', 'LastUpdated'].map(
    name => new Date(String(fields.get(name))),
  );
  if (last === undefined || next === undefined || lastUpdated === undefined) return undefined;
  return [last, next, lastUpdated].some(date => Number.isNaN(date.getTime()))
    ? undefined
    : { last, next, lastUpdated };
}

/**
 * What a stored status means at start (`ScheduleMonitor.CheckPastDueAsync`): whether an occurrence was missed, and
 * the status that holds from now on. A schedule that changed since is computed anew and is never past due.
 */
export function checkPastDue(
  stored: TimerStatus | undefined,
  schedule: Schedule,
  now: Date,
): { readonly status: TimerStatus; readonly changed: boolean; readonly pastDue: boolean } {
  if (stored === undefined) {
    return {
      status: { last: never, next: nextOf(schedule, now), lastUpdated: now },
      changed: true,
      pastDue: false,
    };
  }
  const hasRun = stored.last.getTime() !== never.getTime();
  const updated = stored.lastUpdated.getTime() !== never.getTime();
  const base = hasRun ? stored.last : updated ? stored.lastUpdated : now;
  const expected = nextOf(schedule, base);
  if (stored.next.getTime() === expected.getTime())
    return { status: stored, changed: false, pastDue: now > stored.next };
  const missed = now > expected;
  const status = missed
    ? { last: never, next: nextOf(schedule, now), lastUpdated: now }
    : { last: never, next: expected, lastUpdated: base };
  return { status, changed: true, pastDue: false };
}

/** The status after a run. A timer that fired a little early counts as fired when it was due. */
export function afterRun(
  status: TimerStatus,
  schedule: Schedule,
  startedAt: Date,
  regular: boolean,
): TimerStatus {
  const at = regular && status.next > startedAt ? status.next : startedAt;
  return { last: at, next: nextOf(schedule, at), lastUpdated: at };
}

/** The next occurrence; a schedule that never comes again waits for the end of .NET's calendar. */
function nextOf(schedule: Schedule, after: Date): Date {
  return schedule.next(after) ?? new Date('9999-12-31T23:59:59Z');
}
