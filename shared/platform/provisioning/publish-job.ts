import { defineJob } from '../jobs/index.ts';
import { publishTenant, settingsKind } from '../tenancy/index.ts';

export const PUBLISH_JOB = 'platform.tenant.publish';

/** Tells the directory what the register and the settings say; asked for by every commit that changes either. */
export const publishJob = defineJob({
  name: PUBLISH_JOB,
  queue: 'jobs',
  about: settingsKind,
  run: async ({ platform, job }) => {
    await publishTenant(platform, job.data.subject);
    return { action: 'platform.tenant.published', links: [] };
  },
});
