import * as z from 'zod';
import { systemCaller } from '../../kernel/index.ts';
import { defineJob, inPieces, type JobDefinition } from '../jobs/index.ts';
import { type RecordKind, recordFault } from '../records/index.ts';
import { tenantKind } from '../tenancy/index.ts';
import { ErasurePlace, erasePerson, erasePiece, erasureFirst, reportOf } from './erase-person.ts';
import { ExportPlace, exportName, exportOf } from './export-data.ts';
import { privacyRequestKind } from './request.ts';
import { isOvertaken } from './withdraw-exports.ts';

export const ERASE_PERSON_JOB = 'platform.privacy.erase';
export const EXPORT_JOB = 'platform.privacy.export';
export const ROTATE_JOB = 'platform.privacy.rotate_keys';
export const REPLAY_JOB = 'platform.privacy.replay_erasures';

/** Behind whom a replay is. */
const Replayed = z.strictObject({ after: z.string() });
const Begun = z.strictObject({ version: z.int() });

const eraseJob = (kinds: () => readonly RecordKind[]): JobDefinition =>
  defineJob({
    name: ERASE_PERSON_JOB,
    queue: 'jobs',
    about: privacyRequestKind,
    run: async context => {
      const { platform, caller, scope, job } = context;
      const request = await scope.get(privacyRequestKind, job.data.subject);
      const { person } = request.data;
      if (person === null) throw new Error('a tenant is erased by its operators');
      const end = await inPieces(context, ErasurePlace, erasureFirst, at =>
        erasePiece({ platform, kinds: kinds(), caller }, person, at),
      );
      if ('resumeAt' in end) return end;
      const report = reportOf(end.at);
      const data = { ...request.data, state: 'completed' as const, report };
      return { action: 'platform.privacy.erased', update: [{ record: request, data }], links: [] };
    },
  });

const exportJob = (kinds: () => readonly RecordKind[]): JobDefinition =>
  defineJob({
    name: EXPORT_JOB,
    queue: 'jobs',
    about: privacyRequestKind,
    run: async context => {
      const { platform, caller, scope, job, progress } = context;
      const read = () => scope.get(privacyRequestKind, job.data.subject);
      const { begin, piece, file: fileOf } = exportOf(platform, kinds(), caller, await read(), progress);
      const end = await inPieces(context, ExportPlace, begin(), async at =>
        isOvertaken((await read()).data, at) ? { at: begin(), done: false } : piece(at),
      );
      if ('resumeAt' in end) return end;
      const file = await fileOf(end.at);
      const request = await read();
      if (isOvertaken(request.data, end.at)) {
        await platform.exports.remove(exportName(caller.tenant, request.id));
        throw recordFault('platform.busy');
      }
      const data = { ...request.data, state: 'completed' as const, file };
      const href = `/api/v1/privacy-requests/${request.id}/file`;
      return {
        action: 'platform.privacy.exported',
        update: [{ record: request, data }],
        links: [{ rel: 'file', href }],
      };
    },
  });

const rotateJob = defineJob({
  name: ROTATE_JOB,
  queue: 'jobs',
  about: privacyRequestKind,
  run: async ({ platform, caller, progress, checkpoint, keep, isTimeUp }) => {
    const rotation = await platform.privacy.rotate(caller.tenant, {
      version: Begun.safeParse(checkpoint()).data?.version,
      began: version => keep({ version }),
      progress: done => progress(50, `${done} keys`),
      isTimeUp,
    });
    if ('resumeAt' in rotation) return { resumeAt: rotation.resumeAt, step: 'until old keys are forgotten' };
    return { action: 'platform.privacy.keys_rotated', links: [] };
  },
});

/** After a restore: whoever was erased before is erased again. Asked for by operators, in the tenant's entry of the register. */
const replayJob = (kinds: () => readonly RecordKind[]): JobDefinition =>
  defineJob({
    name: REPLAY_JOB,
    queue: 'jobs',
    about: tenantKind,
    run: async context => {
      const { platform, scope, job, progress } = context;
      const account = await scope.get(tenantKind, job.data.subject);
      const caller = systemCaller(account.id, account.data.slug, job.id);
      const ledger = await platform.privacy.ledger(account.id);
      if (ledger.includes(null)) await platform.privacy.forgetTenant(account.id);
      const persons = ledger.filter(person => person !== null).toSorted();
      const end = await inPieces(context, Replayed, { after: '' }, async ({ after }) => {
        const left = persons.filter(person => person > after);
        const [person] = left;
        if (person === undefined || ledger.includes(null)) return { at: { after }, done: true };
        await progress(Math.floor(100 - (100 * left.length) / persons.length), 'erasures');
        await erasePerson({ platform, kinds: kinds(), caller }, person);
        return { at: { after: person }, done: false };
      });
      if ('resumeAt' in end) return end;
      return { action: 'platform.privacy.erasures_replayed', links: [] };
    },
  });

/** What is done about personal data. `kinds` are all that there are: who is forgotten is so everywhere. */
export function privacyJobs(kinds: () => readonly RecordKind[]): readonly JobDefinition[] {
  return [eraseJob(kinds), exportJob(kinds), rotateJob, replayJob(kinds)];
}
