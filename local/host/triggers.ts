import type { FunctionApp, RegisteredFunction } from './functions-core.ts';
import type { RpcBinding } from './rpc.ts';
import { findSetting, type Settings } from './settings-expansion.ts';

export type TriggerType = 'httpTrigger' | 'serviceBusTrigger' | 'timerTrigger';

export type Trigger = {
  readonly name: string;
  readonly registered: RegisteredFunction;
  readonly bindingName: string;
  readonly binding: RpcBinding;
};

const supportedBindings = new Set(['httpTrigger', 'serviceBusTrigger', 'timerTrigger', 'http']);

/** The functions that a kind of trigger starts. */
export function triggersOf(app: FunctionApp, type: TriggerType): Trigger[] {
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
export function findUnsupported(app: FunctionApp): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const { metadata } of app.functions.values()) {
    if (!/^[a-z][a-z0-9_-]{0,126}$/i.test(metadata.name))
      problems.push(`function ${metadata.name}: the name is not allowed in Azure`);
    if (names.has(metadata.name.toLowerCase()))
      problems.push(`function ${metadata.name}: the name is taken (case does not count)`);
    names.add(metadata.name.toLowerCase());
    for (const binding of Object.values(metadata.bindings)) {
      if (!supportedBindings.has(binding.type))
        problems.push(`function ${metadata.name}: the binding "${binding.type}" is not supported here`);
      if (binding['sdkBinding'] === true)
        problems.push(`function ${metadata.name}: sdkBinding is not supported here`);
    }
  }
  return problems;
}

/** Takes out the functions that a setting `AzureWebJobs.<name>.Disabled` switches off; returns their names. */
export function dropDisabled(app: FunctionApp, settings: Settings): string[] {
  const dropped: string[] = [];
  for (const [id, { metadata }] of app.functions) {
    const value =
      findSetting(settings, `AzureWebJobs.${metadata.name}.Disabled`) ??
      findSetting(settings, `AzureWebJobs_${metadata.name}_Disabled`);
    if (value === undefined || !/^(true|1)$/i.test(value)) continue;
    app.functions.delete(id);
    dropped.push(metadata.name);
  }
  return dropped;
}
