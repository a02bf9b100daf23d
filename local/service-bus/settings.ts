import * as z from 'zod';

export const entityStatus = z.enum(['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled']);

/** What a key of an entity may do. `Manage` includes the others. */
export const accessRight = z.enum(['Manage', 'Send', 'Listen']);

const authorizationRule = z.object({
  keyName: z.string(),
  primaryKey: z.string(),
  secondaryKey: z.string(),
  rights: z.array(accessRight),
});

/**
 * Everything that a queue, topic or subscription can be told, with Azure's defaults; an entity heeds those that its
 * kind has. Durations in milliseconds; null where there is no limit.
 */
const entitySettings = z.object({
  lockMs: z.number().default(60_000),
  maxDeliveryCount: z.int().default(10),
  requiresSession: z.boolean().default(false),
  ttlMs: z.number().nullable().default(null),
  deadLetterOnExpiry: z.boolean().default(false),
  deadLetterOnFilterErrors: z.boolean().default(true),
  detectsDuplicates: z.boolean().default(false),
  duplicateWindowMs: z.number().default(600_000),
  forwardTo: z.string().nullable().default(null),
  forwardDeadLettersTo: z.string().nullable().default(null),
  status: entityStatus.default('Active'),
  autoDeleteMs: z.number().nullable().default(null),
  maxSizeMegabytes: z.int().default(1024),
  batchedOperations: z.boolean().default(true),
  supportsOrdering: z.boolean().default(true),
  userMetadata: z.string().nullable().default(null),
  authorizationRules: z.array(authorizationRule).default([]),
});

export type EntitySettings = z.infer<typeof entitySettings>;
export type EntityStatus = z.infer<typeof entityStatus>;
export type AccessRight = z.infer<typeof accessRight>;
export type AuthorizationRule = z.infer<typeof authorizationRule>;

/** Settings with what is missing filled in. Throws a ZodError when a value does not fit. */
export function settingsFrom(given: z.input<typeof entitySettings>): EntitySettings {
  return entitySettings.parse(given);
}

/** Settings as they were stored, also by an older version of this server. */
export function readSettings(stored: string): EntitySettings {
  return entitySettings.parse(JSON.parse(stored));
}
