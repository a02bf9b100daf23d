import type { FunctionApp } from './functions-core.ts';
import type { HostOptions } from './host-json.ts';
import {
  type Connection,
  expandSettings,
  findConnection,
  type Settings,
  StartError,
} from './settings-expansion.ts';
import { type Trigger, triggersOf } from './triggers.ts';

/** Where a function's messages come from. */
export type Source = {
  readonly trigger: Trigger;
  readonly connection: Connection;
  readonly entity: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  readonly sessions: boolean;
  readonly autoComplete: boolean;
};

export type BusOptions = HostOptions['serviceBus'];

/** The Service Bus triggers of the app, with settings filled in; a StartError tells everything that is wrong. */
export function sourcesOf(app: FunctionApp, options: BusOptions, settings: Settings): Source[] {
  const problems: string[] = [];
  const sources: Source[] = [];
  for (const trigger of triggersOf(app, 'serviceBusTrigger')) {
    try {
      sources.push(readSource(trigger, options, settings));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new StartError(problems);
  return sources;
}

function readSource(trigger: Trigger, options: BusOptions, settings: Settings): Source {
  const { binding, name } = trigger;
  const where = `function ${name}`;
  const read = (property: string): string | undefined => {
    const value = binding[property];
    return typeof value === 'string' && value !== '' ? expandSettings(value, settings, where) : undefined;
  };
  if (binding['cardinality'] === 'many')
    throw new StartError([`${where}: cardinality "many" is not supported here`]);
  if (trigger.registered.metadata.retryOptions !== undefined) {
    throw new StartError([`${where}: a retry policy does not work with the Service Bus trigger`]);
  }
  const [queue, topic, subscription] = [read('queueName'), read('topicName'), read('subscriptionName')];
  const sessions = binding['isSessionsEnabled'] === true;
  if (sessions && options.maxConcurrentCallsPerSession > 1) {
    throw new StartError([`${where}: maxConcurrentCallsPerSession above 1 is not supported here`]);
  }
  const autoComplete = binding['autoCompleteMessages'] ?? options.autoCompleteMessages;
  const connectionName = typeof binding['connection'] === 'string' ? binding['connection'] : 'ServiceBus';
  const connection = findConnection(settings, connectionName, ['fullyQualifiedNamespace'], where);
  const common = { trigger, connection, sessions, autoComplete: autoComplete === true };
  if (queue !== undefined) return { ...common, entity: { queue } };
  if (topic !== undefined && subscription !== undefined)
    return { ...common, entity: { topic, subscription } };
  throw new StartError([`${where}: the trigger names neither a queue nor a topic with a subscription`]);
}
