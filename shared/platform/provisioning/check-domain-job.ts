import { checkDomain } from '../domains/index.ts';
import { defineJob } from '../jobs/index.ts';
import { domainKind } from '../tenancy/index.ts';

export const CHECK_DOMAIN_JOB = 'platform.domain.check';

/** Looks at one domain, and tells the directory of it; asked for by whoever waits, and by every change of a domain. */
export const checkDomainJob = defineJob({
  name: CHECK_DOMAIN_JOB,
  queue: 'jobs',
  about: domainKind,
  run: async ({ platform, caller, job }) => {
    await checkDomain(platform, caller, job.data.subject);
    return {
      action: 'platform.domain.check_ended',
      events: [],
      links: [{ rel: 'domain', href: `/api/v1/domains/${job.data.subject}` }],
    };
  },
});
