import { type Connection, findConnection, serviceBusAddress } from './connections.ts';
import type { FunctionApp } from './functions-core.ts';
import type { HostOptions } from './host-json.ts';
import { expandSettings, type Settings, StartError } from './settings-expansion.ts';
import { type Trigger, triggersOf } from './triggers.ts';

/** Where a function's messages come from. */
export type Source = {
  readonly trigger: Trigger;
  readonly connection: Connection;
  readonly entity: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  readonly sessions: boolean;
  /** Whether the function takes many messages in one call. */
  readonly isBatch: boolean;
  readonly autoComplete: boolean;
};

export type BusOptions = HostOptions['serviceBus'];

/** The Service Bus triggers of the app, with settings filled in; a StartError tells everything that is wrong. */
export function sourcesOf(app: FunctionApp, options: BusOptions, settings: Settings): Source[] {
  const problems: string[] = [];
  const sources: Source[] = [];
  for (const trigger of triggersOf(app, 'serviceBusTrigger')) {
    const { read, problems: found } = createReader(trigger, settings);
    const entity = read(readEntity);
    const connection = read(readConnection);
    const { binding } = trigger;
    const cardinality = String(binding['cardinality'] ?? 'one').toLowerCase();
    if (cardinality !== 'one' && cardinality !== 'many')
      found.push(`function ${trigger.name}: cardinality must be "one" or "many", not "${cardinality}"`);
    problems.push(...found);
    if (entity === undefined || connection === undefined) continue;
    sources.push({
      trigger,
      connection,
      entity,
      sessions: binding['isSessionsEnabled'] === true,
      isBatch: cardinality === 'many',
      autoComplete: (binding['autoCompleteMessages'] ?? options.autoCompleteMessages) === true,
    });
  }
  if (problems.length > 0) throw new StartError(problems);
  return sources;
}

type Properties = {
  readonly where: string;
  readonly settings: Settings;
  /** A property of the binding with its settings filled in. */
  text(property: string): string | undefined;
};

/** Reads parts of a trigger one by one, so that each can say what is wrong with it. */
function createReader(trigger: Trigger, settings: Settings) {
  const problems: string[] = [];
  const where = `function ${trigger.name}`;
  const properties: Properties = {
    where,
    settings,
    text: property => {
      const value = trigger.binding[property];
      return typeof value === 'string' && value !== '' ? expandSettings(value, settings, where) : undefined;
    },
  };
  const read = <T>(part: (properties: Properties) => T): T | undefined => {
    try {
      return part(properties);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  return { read, problems };
}

function readEntity({ where, text }: Properties): Source['entity'] {
  const [queue, topic, subscription] = [text('queueName'), text('topicName'), text('subscriptionName')];
  if (queue !== undefined) return { queue };
  if (topic !== undefined && subscription !== undefined) return { topic, subscription };
  throw new StartError([`${where}: the trigger names neither a queue nor a topic with a subscription`]);
}

function readConnection({ where, settings, text }: Properties): Connection {
  return findConnection(settings, text('connection') ?? 'ServiceBus', serviceBusAddress, where);
}
