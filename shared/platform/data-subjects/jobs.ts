import * as z from 'zod';
import { systemCaller } from '../../kernel/index.ts';
import { defineJob, type JobDefinition } from '../jobs/index.ts';
import type { RecordKind } from '../records/index.ts';
import { tenantKind } from '../tenancy/index.ts';
import { erasePerson } from './erase-person.ts';
import { exportData } from './export-data.ts';
import { privacyRequestKind } from './request.ts';

export const ERASE_PERSON_JOB = 'platform.privacy.erase';
export const EXPORT_JOB = 'platform.privacy.export';
export const ROTATE_JOB = 'platform.privacy.rotate_keys';
export const REPLAY_JOB = 'platform.privacy.replay_erasures';

const Begun = z.strictObject({ version: z.int() });

/** What is done about personal data. `kinds` are all that there are: who is forgotten is so everywhere. */
export function privacyJobs(kinds: () => readonly RecordKind[]): readonly JobDefinition[] {
  const erase = defineJob({
    name: ERASE_PERSON_JOB,
    queue: 'jobs',
    about: privacyRequestKind,
    run: async ({ platform, caller, scope, job, progress }) => {
      const request = await scope.get(privacyRequestKind, job.data.subject);
      const { person } = request.data;
      if (person === null) throw new Error('a tenant is erased by its operators');
      const report = await erasePerson(platform, kinds(), caller, person, progress);
      const data = { ...request.data, state: 'completed' as const, report };
      return { action: 'platform.privacy.erased', update: [{ record: request, data }], links: [] };
    },
  });
  const take = defineJob({
    name: EXPORT_JOB,
    queue: 'jobs',
    about: privacyRequestKind,
    run: async ({ platform, caller, scope, job, progress }) => {
      const request = await scope.get(privacyRequestKind, job.data.subject);
      const file = await exportData(platform, kinds(), caller, request, progress);
      const data = { ...request.data, state: 'completed' as const, file };
      const href = `/api/v1/privacy-requests/${request.id}/file`;
      return {
        action: 'platform.privacy.exported',
        update: [{ record: request, data }],
        links: [{ rel: 'file', href }],
      };
    },
  });
  const rotateKeys = defineJob({
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
      if ('resumeAt' in rotation)
        return { resumeAt: rotation.resumeAt, step: 'until old keys are forgotten' };
      return { action: 'platform.privacy.keys_rotated', links: [] };
    },
  });
  /** After a restore: whoever was erased before is erased again. Asked for by operators, in the tenant's entry of the register. */
  const replay = defineJob({
    name: REPLAY_JOB,
    queue: 'jobs',
    about: tenantKind,
    run: async ({ platform, scope, job, progress }) => {
      const account = await scope.get(tenantKind, job.data.subject);
      const caller = systemCaller(account.id, account.data.slug, job.id);
      const ledger = await platform.privacy.ledger(account.id);
      if (ledger.includes(null)) await platform.privacy.forgetTenant(account.id);
      else
        for (const [index, person] of ledger.entries()) {
          await progress(Math.floor((100 * index) / ledger.length), 'erasures');
          if (person !== null) await erasePerson(platform, kinds(), caller, person, async () => undefined);
        }
      return { action: 'platform.privacy.erasures_replayed', links: [] };
    },
  });
  return [erase, take, rotateKeys, replay];
}
