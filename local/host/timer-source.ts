import type { FunctionApp } from './functions-core.ts';
import { isSubMinute, parseNcrontab, type Schedule } from './ncrontab.ts';
import { expandSettings, type Settings, StartError } from './settings-expansion.ts';
import { parseTimeSpan } from './time-span.ts';
import { type Trigger, triggersOf } from './triggers.ts';

export type TimerSource = {
  readonly trigger: Trigger;
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
  /** What the function is told; an interval knows no clock, so nothing has to be adjusted. */
  readonly adjustForDst: boolean;
};

/** The timer triggers of the app, with schedules read; a StartError tells everything that is wrong. */
export function timersOf(app: FunctionApp, settings: Settings): TimerSource[] {
  const problems: string[] = [];
  const sources: TimerSource[] = [];
  // On Linux Consumption and Flex Consumption it breaks things instead of moving timers.
  if (settings['WEBSITE_TIME_ZONE'] && triggersOf(app, 'timerTrigger').length > 0)
    problems.push('the setting "WEBSITE_TIME_ZONE" is not supported on Flex Consumption: timers run in UTC');
  for (const trigger of triggersOf(app, 'timerTrigger')) {
    const { binding, name } = trigger;
    try {
      const text = expandSettings(String(binding['schedule'] ?? ''), settings, `function ${name}`);
      sources.push({
        trigger,
        ...readSchedule(text, binding['useMonitor'] !== false),
        runOnStartup: binding['runOnStartup'] === true,
      });
    } catch (error) {
      if (error instanceof StartError) problems.push(...error.problems);
      else problems.push(`function ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new StartError(problems);
  return sources;
}

/** An NCRONTAB expression or, as in App Service plans, an interval such as `00:05:00` (`TimerSchedule.Create`). */
function readSchedule(
  text: string,
  useMonitor: boolean,
): Pick<TimerSource, 'schedule' | 'useMonitor' | 'adjustForDst'> {
  const interval = /\s/.test(text.trim()) ? undefined : parseTimeSpan(text);
  if (interval !== undefined && interval > 0) {
    const schedule = { expression: text, next: (after: Date) => new Date(after.getTime() + interval) };
    return { schedule, useMonitor: useMonitor && interval >= 60_000, adjustForDst: false };
  }
  const schedule = parseNcrontab(text);
  return { schedule, useMonitor: useMonitor && !isSubMinute(schedule), adjustForDst: true };
}
