import * as z from 'zod';
import { defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { type RecordKind, rolledBack, type Saved } from '../records/index.ts';
import { proseText } from '../texts/index.ts';
import { assertCurrent } from './current-record.ts';
import { itemParams } from './lists.ts';

const Body = z.strictObject({
  version: z.number().int().min(1).max(999_999_999),
  reason: proseText(2000),
});

const Outcome = z.strictObject({
  id: z.string(),
  version: z.number().int(),
  restored: z.number().int().meta({ description: 'The version whose state stands again.' }),
});

/** `POST …/:id/rollback`: a new version with the state of an earlier one. History only grows. */
export function rollbackEndpoint(
  kind: RecordKind,
  path: string,
  { permission, stepUp }: Pick<NonNullable<RecordKind['rollback']>, 'permission' | 'stepUp'>,
): Endpoint {
  return defineEndpoint({
    id: `${kind.name}.rollback`,
    method: 'POST',
    path: `${path}/:id/rollback`,
    access: { permission },
    ...(stepUp === undefined ? {} : { stepUp }),
    summary: 'Takes the record back to an earlier version, by a new one; some records refuse.',
    params: itemParams,
    body: Body,
    ifMatch: true,
    example: { body: { version: 1, reason: 'The change belonged to another record.' } },
    replies: { 200: { description: 'Taken back.', schema: Outcome } },
    faults: [
      'platform.version_unknown',
      'platform.rollback_refused',
      'platform.history_broken',
      'platform.reference_gone',
    ],
    handle: async (request, platform) => {
      const { caller, params, body } = request;
      const scope = platform.records.for(caller).scopeOf(kind, params.id);
      const record = await scope.ever(kind, params.id);
      assertCurrent(record, request);
      const data = await rolledBack(scope, record, body.version);
      const answer = (saved: ReadonlyMap<string, Saved<unknown>>) => {
        const after = saved.get(record.id);
        return ok({ id: record.id, version: after?.version ?? 0, restored: body.version }, after);
      };
      const { saved, reply } = await scope.commit({
        action: `${kind.name}.rolled_back`,
        reason: body.reason,
        update: [{ record, data }],
        reply: answer,
      });
      return reply ?? answer(saved);
    },
  });
}
