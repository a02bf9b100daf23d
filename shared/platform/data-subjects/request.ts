import * as z from 'zod';
import { defineFaults } from '../../kernel/index.ts';
import { defineRecord } from '../records/index.ts';

/** How requests about personal data say no. */
export const privacyFault = defineFaults({
  /** Whoever can still log in is disabled first. */
  'platform.person_active': { status: 409, retry: 'never' },
  'platform.person_unknown': { status: 422, retry: 'never' },
  'platform.export_over': { status: 410, retry: 'never' },
});

/**
 * What became of one record: its values about the person are gone, are kept because law wants it (`keptFor`: the rules), or some are one
 * and some the other; or they are gone and something still stands in clear: what is not declared personal (`left`: a firm's name and
 * address), or earlier versions at rest, from before the record said that it is about a person (`clearInHistory`).
 */
export const Outcome = z.strictObject({
  id: z.string(),
  kind: z.string(),
  outcome: z.enum(['erased', 'kept', 'partly_kept', 'partly_erased']),
  keptFor: z.array(z.string()).optional(),
  left: z.array(z.string()).optional(),
  clearInHistory: z.literal(true).optional(),
});
export type Outcome = z.infer<typeof Outcome>;

/** Somebody's wish to have what we know of them, or to be forgotten (GDPR, articles 15, 17 and 20). */
export const PrivacyRequest = z.strictObject({
  type: z.enum(['export', 'erasure']),
  /** Whom it is about, by id; null is the whole tenant. */
  person: z.string().nullable(),
  reason: z.string(),
  askedAt: z.string(),
  /** One month later, as article 12(3) has it. */
  dueAt: z.string(),
  state: z.enum(['asked', 'completed']),
  jobId: z.string(),
  file: z
    .strictObject({ sha256: z.string(), bytes: z.int(), lines: z.int(), expiresAt: z.string() })
    .nullable(),
  /** When somebody was erased of whom an export would tell: what was made of it before is gone. */
  overtakenAt: z.string().optional(),
  /** `more`: how many records were dealt with beyond those that are named. */
  report: z.strictObject({ records: z.array(Outcome), more: z.int().optional(), traces: z.int() }).nullable(),
});
export type PrivacyRequestData = z.infer<typeof PrivacyRequest>;
export type ErasureReport = NonNullable<PrivacyRequestData['report']>;

export const privacyRequestKind = defineRecord({
  name: 'platform.privacy_request',
  prefix: 'prq',
  home: { fixed: 'privacy' },
  schema: PrivacyRequest,
  indexed: ({ type, state, person }) => ({ type, state, person: person ?? '' }),
  wholeTenant: true,
  readPermission: 'platform.privacy:read',
  // That a request was answered must be shown for as long as somebody may complain of it.
  retention: {
    isOver: ({ state }) => state === 'completed',
    usualDays: 1095,
    leastDays: 365,
    mostDays: 3650,
  },
});
