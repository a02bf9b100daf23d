import { contentHash } from '../../kernel/index.ts';
import { VerificationPlace } from '../audit/index.ts';
import { content, defineEndpoint } from '../http/index.ts';
import { defineJob, inPieces, JobView, jobKind } from '../jobs/index.ts';
import { recordFault } from '../records/index.ts';
import { commitJob } from './commit-job.ts';
import { itemParams } from './lists.ts';

const NAME = 'platform.audit.verify';
const access = { permission: 'platform.audit:read' };

const askForVerification = defineEndpoint({
  id: 'platform.audit.verify',
  method: 'POST',
  path: '/audit/verifications',
  access,
  wholeTenant: true,
  summary:
    'Checks every change, every daily anchor and the chain of every record of the tenant, as a job with a report.',
  replies: { 202: { description: 'Asked for.', schema: JobView } },
  faults: ['platform.plan_limit_reached'],
  handle: (request, platform) => {
    const scope = `verification-${request.newKey()}`;
    const wanted = { name: NAME, subject: request.caller.tenant, scope };
    return commitJob(platform, request, 'platform.audit.verification_asked', wanted);
  },
});

/** Where a verification's report lies. */
function reportOf(jobId: string): string {
  return contentHash([NAME, jobId]);
}

const readReport = defineEndpoint({
  id: 'platform.audit.report',
  method: 'GET',
  path: '/audit/verifications/:id/report',
  access,
  wholeTenant: true,
  summary: 'What a verification found, by the id of its job.',
  params: itemParams,
  replies: { 200: { description: 'The report.', mediaType: 'application/json' } },
  handle: async ({ caller, params }, platform) => {
    const job = await platform.records.for(caller).get(jobKind, params.id);
    const report = await platform.artifacts.find(caller.tenant, reportOf(job.id), 'json');
    if (report === undefined) throw recordFault('platform.not_found', { id: params.id });
    return content(report.mediaType, await platform.artifacts.read(caller.tenant, report));
  },
});

/** Its report is addressed by the job, and kept once: doing it twice changes nothing. */
export const verifyAudit = defineJob({
  name: NAME,
  queue: 'jobs',
  about: { readPermission: access.permission, wholeTenant: true },
  run: async context => {
    const { job, caller, platform, progress } = context;
    const verification = platform.audit.verification(caller, progress);
    const end = await inPieces(context, VerificationPlace, verification.first, verification.piece);
    if ('resumeAt' in end) return end;
    const report = verification.report(end.at);
    const checkedAt = platform.now().toISOString();
    const bytes = Buffer.from(JSON.stringify({ ...report, checkedAt }));
    await platform.artifacts.keep(caller.tenant, reportOf(job.id), 'json', 'application/json', bytes);
    const { intact, findings } = report;
    return {
      action: 'platform.audit.verified',
      events: [{ type: 'platform.audit.verified', data: { intact, findings: findings.length } }],
      links: [{ rel: 'report', href: `/api/v1/audit/verifications/${job.id}/report` }],
    };
  },
});

export const verifyAuditEndpoints = [askForVerification, readReport];
