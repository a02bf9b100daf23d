import { defineJob } from '../jobs/index.ts';
import { maintenanceKind } from '../tenancy/index.ts';

export const PUBLISH_MAINTENANCE_JOB = 'platform.maintenance.publish';

/** Tells every instance what operators said of work on the platform. */
export const publishMaintenanceJob = defineJob({
  name: PUBLISH_MAINTENANCE_JOB,
  queue: 'jobs',
  about: maintenanceKind,
  run: async ({ platform, scope, job }) => {
    const { data, version } = await scope.get(maintenanceKind, job.data.subject);
    await platform.maintenance.publish(data, version);
    return { action: 'platform.maintenance.published', events: [], links: [] };
  },
});
