import { randomUUID } from 'node:crypto';
import type { FunctionApp } from './functions-core.ts';
import { traceBelow } from './invocation.ts';
import { type Runtime, runAndReport } from './runtime.ts';
import { type Trigger, triggersOf } from './triggers.ts';

/** The app's warm-up function, if it has one. */
export function warmupOf(app: FunctionApp): Trigger | undefined {
  return triggersOf(app, 'warmupTrigger')[0];
}

/**
 * Runs the warm-up function, which Azure does on instances that are added to an app before they get requests. Every
 * start counts as that here. Its failure keeps nothing from starting.
 */
export async function runWarmup(app: FunctionApp, runtime: Runtime): Promise<void> {
  const trigger = warmupOf(app);
  if (trigger === undefined) return;
  const { registered, bindingName } = trigger;
  const request = {
    invocationId: randomUUID(),
    functionId: registered.id,
    inputData: [{ name: bindingName, data: { json: '{}' } }],
    triggerMetadata: {},
    traceContext: traceBelow(undefined, undefined),
  };
  await runAndReport(runtime, registered, request, 'warm-up');
}
