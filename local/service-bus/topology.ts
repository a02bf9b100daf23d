import * as z from 'zod';
import type { NamedKind } from './entity.ts';
import { type EntitySettings, settingsFrom } from './settings.ts';

const correlationFilter = z.strictObject({
  correlationId: z.string().optional(),
  messageId: z.string().optional(),
  to: z.string().optional(),
  replyTo: z.string().optional(),
  subject: z.string().optional(),
  sessionId: z.string().optional(),
  replyToSessionId: z.string().optional(),
  contentType: z.string().optional(),
  applicationProperties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

/** What a queue and a subscription can be told. Durations in seconds. */
const receivable = {
  key: z.string().optional(),
  name: z.string().min(1),
  maxDeliveryCount: z.int().min(1).max(2000).default(10),
  lockSeconds: z.number().positive().max(300).default(60),
  requiresSession: z.boolean().default(false),
  defaultTtlSeconds: z.number().positive().nullable().default(null),
  deadLetterOnExpiry: z.boolean().default(false),
  forwardTo: z.string().nullable().default(null),
  forwardDeadLettersTo: z.string().nullable().default(null),
  maxSizeMegabytes: z.int().min(1).default(1024),
};

const duplicateDetectionSeconds = z.number().min(0).max(604_800).nullable().default(null);

const queue = z.strictObject({ ...receivable, duplicateDetectionSeconds });

const subscription = z.strictObject({
  ...receivable,
  /** Null lets every message through; a string is a SQL filter. */
  filter: z.union([z.string(), correlationFilter]).nullable().default(null),
});

const topic = z.strictObject({
  key: z.string().optional(),
  name: z.string().min(1),
  duplicateDetectionSeconds,
  defaultTtlSeconds: z.number().positive().nullable().default(null),
  subscriptions: z.array(subscription).default([]),
});

export const serviceBus = z.strictObject({
  queues: z.array(queue).default([]),
  topics: z.array(topic).default([]),
});

export type Topology = z.infer<typeof serviceBus>;
type Declared = Partial<z.infer<typeof queue> & z.infer<typeof subscription>>;
export type CorrelationFilter = z.infer<typeof correlationFilter>;

/**
 * The `serviceBus` section of a parsed topology file, also with shorter times and smaller sizes than Azure has, so that tests need not
 * wait. What is read from a file keeps to Azure's limits (`read-topology.ts`).
 */
export function parseTopology(content: unknown): Topology {
  return z.object({ serviceBus }).parse(content).serviceBus;
}

/** The entities of a topology with their settings, topics before their subscriptions. */
export function declarationsOf(
  topology: Topology,
): { kind: NamedKind; path: string; settings: EntitySettings }[] {
  const queues = topology.queues.map(each => ({
    kind: 'queue' as const,
    path: each.name,
    settings: settingsOf(each),
  }));
  const topics = topology.topics.flatMap(({ subscriptions, ...topic }) => [
    { kind: 'topic' as const, path: topic.name, settings: settingsOf(topic) },
    ...subscriptions.map(each => ({
      kind: 'subscription' as const,
      path: `${topic.name}/Subscriptions/${each.name}`,
      settings: settingsOf(each),
    })),
  ]);
  return [...queues, ...topics];
}

function settingsOf(declared: Declared): EntitySettings {
  const { lockSeconds, defaultTtlSeconds, duplicateDetectionSeconds } = declared;
  const window = duplicateDetectionSeconds ?? 0;
  return settingsFrom({
    lockMs: lockSeconds === undefined ? undefined : lockSeconds * 1000,
    maxDeliveryCount: declared.maxDeliveryCount,
    requiresSession: declared.requiresSession,
    ttlMs: defaultTtlSeconds == null ? null : defaultTtlSeconds * 1000,
    deadLetterOnExpiry: declared.deadLetterOnExpiry,
    maxSizeMegabytes: declared.maxSizeMegabytes,
    forwardTo: declared.forwardTo,
    forwardDeadLettersTo: declared.forwardDeadLettersTo,
    detectsDuplicates: window > 0,
    ...(window > 0 ? { duplicateWindowMs: window * 1000 } : {}),
  });
}
