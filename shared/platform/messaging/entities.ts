import topology from '../../topology.json' with { type: 'json' };

/**
 * What the code calls the queues and topics. Their names in Service Bus stand in topology.json alone: change one there, and
 * code, templates and the local stack follow.
 */
export type EntityKey = 'jobs' | 'render' | 'webhook-deliveries' | 'ticks' | 'events';

type Named = { readonly key: string; readonly name: string };
const { queues, topics } = topology.serviceBus;

/** The name in Service Bus of a queue or topic. Throws for a key that topology.json does not have. */
export function entityName(key: EntityKey | (string & {})): string {
  return named([...queues, ...topics], key).name;
}

/** The name in Service Bus of a topic's subscription. */
export function subscriptionName(topic: EntityKey, key: string): string {
  return named(named(topics, topic).subscriptions, key).name;
}

function named<N extends Named>(entities: readonly N[], key: string): N {
  const found = entities.find(entity => entity.key === key);
  if (found === undefined) throw new Error(`topology.json has no queue, topic or subscription ${key}`);
  return found;
}
