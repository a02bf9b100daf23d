import type { FunctionApp, RegisteredFunction } from './functions-core.ts';
import type { HostOptions } from './host-json.ts';
import { problemsOfRetry } from './retry-policy.ts';
import type { FunctionMetadata, RpcBinding } from './rpc.ts';
import { findSetting, type Settings } from './settings-expansion.ts';

export type TriggerType = 'httpTrigger' | 'serviceBusTrigger' | 'timerTrigger' | 'warmupTrigger';

export type Trigger = {
  readonly name: string;
  readonly registered: RegisteredFunction;
  readonly bindingName: string;
  readonly binding: RpcBinding;
};

/** Bindings that are part of the host itself; the others come with an extension bundle. */
const hostBindings = ['httpTrigger', 'timerTrigger', 'warmupTrigger', 'http'];
const bundleBindings = ['serviceBusTrigger'];

/** The functions that a kind of trigger starts. */
export function triggersOf(app: FunctionApp, type: TriggerType): Trigger[] {
  return allTriggersOf(app, type).filter(({ registered }) => !app.disabled.has(registered.id));
}

/** The same, disabled functions included. */
export function allTriggersOf(app: FunctionApp, type: TriggerType): Trigger[] {
  const triggers: Trigger[] = [];
  for (const registered of app.functions.values()) {
    for (const [bindingName, binding] of Object.entries(registered.metadata.bindings)) {
      if (binding.type === type)
        triggers.push({ name: registered.metadata.name, registered, bindingName, binding });
    }
  }
  return triggers;
}

/** Everything about the functions that this host cannot run, in sentences. */
export function findUnsupported(app: FunctionApp, options: HostOptions): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const { id, metadata } of app.functions.values()) {
    if (app.disabled.has(id)) continue;
    const where = `function ${metadata.name}`;
    if (!/^(?!host$)[a-z][a-z0-9_-]{0,127}$/i.test(metadata.name))
      problems.push(`${where}: the name is not allowed in Azure`);
    if (names.has(metadata.name.toLowerCase()))
      problems.push(`${where}: the name is taken (case does not count)`);
    names.add(metadata.name.toLowerCase());
    for (const [name, binding] of Object.entries(metadata.bindings))
      problems.push(...problemsOfBinding(name, binding, options).map(problem => `${where}: ${problem}`));
    problems.push(...problemsOfRetries(metadata));
  }
  return [...problems, ...problemsOfWarmup(app)];
}

function problemsOfBinding(name: string, binding: RpcBinding, options: HostOptions): string[] {
  const problems: string[] = [];
  const needsBundle = bundleBindings.includes(binding.type);
  if (!needsBundle && !hostBindings.includes(binding.type)) {
    const kind = binding.type.endsWith('Trigger') ? '' : binding.direction === 'in' ? 'input ' : 'output ';
    problems.push(`the ${kind}binding "${binding.type}" is not supported here`);
  }
  if (needsBundle && !options.hasExtensionBundle)
    problems.push(`the binding "${binding.type}" needs an extensionBundle in host.json`);
  if (!/^([a-z][a-z0-9]{0,127}|\$return)$/i.test(name))
    problems.push(`the binding name "${name}" is not allowed in Azure`);
  // Settling by hand goes from the worker to the extension by gRPC, which nothing here speaks.
  if (binding['sdkBinding'] === true) problems.push('sdkBinding is not supported here');
  return problems;
}

function problemsOfRetries({ name, bindings, retryOptions }: FunctionMetadata): string[] {
  if (retryOptions === undefined) return [];
  const trigger = Object.values(bindings).find(({ type }) => type.endsWith('Trigger'));
  // Azure documents them for timers, Cosmos DB, Event Hubs and Kafka.
  if (trigger?.type !== 'timerTrigger')
    return [`function ${name}: a retry policy does not work with the ${trigger?.type}`];
  return problemsOfRetry(retryOptions).map(problem => `function ${name}: retry: ${problem}`);
}

function problemsOfWarmup(app: FunctionApp): string[] {
  const warmups = triggersOf(app, 'warmupTrigger');
  const problems = warmups
    .filter(({ name }) => name.toLowerCase() !== 'warmup')
    .map(({ name }) => `function ${name}: a warm-up trigger must be called "warmup"`);
  if (warmups.length > 1) problems.push(`there is more than one warm-up trigger`);
  return problems;
}

/** Takes out the functions that are not on the allow list of host.json; returns their names. */
export function dropUnlisted(app: FunctionApp, listed: readonly string[] | undefined): string[] {
  if (listed === undefined) return [];
  const names = new Set(listed.map(name => name.toLowerCase()));
  const dropped = [...app.functions.values()].filter(
    ({ metadata }) => !names.has(metadata.name.toLowerCase()),
  );
  for (const { id } of dropped) app.functions.delete(id);
  return dropped.map(({ metadata }) => metadata.name);
}

/** Marks the functions that a setting `AzureWebJobs.<name>.Disabled` switches off; returns their names. */
export function disable(app: FunctionApp, settings: Settings): string[] {
  const disabled = [...app.functions.values()].filter(({ metadata: { name } }) => {
    const value =
      findSetting(settings, `AzureWebJobs.${name}.Disabled`) ??
      findSetting(settings, `AzureWebJobs_${name}_Disabled`);
    return value !== undefined && /^(true|1)$/i.test(value);
  });
  for (const { id } of disabled) app.disabled.add(id);
  return disabled.map(({ metadata }) => metadata.name);
}
