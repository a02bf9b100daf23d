import { type AppError, secondsAfter, timestamp } from '../../kernel/index.ts';
import { askForJob, type JobContext, type JobFailure } from '../jobs/index.ts';
import { type TenantAccount, tenantKind, UNDO_AFTER_SECONDS } from '../tenancy/index.ts';
import { askForErasure } from './ask-for-erasure.ts';
import { PUBLISH_JOB } from './publish-job.ts';

/**
 * What becomes of a tenant whose provisioning failed for good: it is undone, by the job that erases tenants. At once when what was
 * ordered cannot be (its name was another's after all); a day later when the order is good and something of ours was out, so that
 * operators can try again. A tenant that was ready stays, and the register says what is missing.
 */
export async function failedProvisioning(context: JobContext, fault: AppError): Promise<JobFailure> {
  const { scope, job, platform, caller, step } = context;
  const record = await scope.get(tenantKind, job.data.subject);
  const now = platform.now();
  const statusReason = `Provisioning failed at step “${step()}”: ${fault.code}.`;
  const action = 'platform.tenant.provisioning_failed';
  if (record.data.status !== 'provisioning') {
    if (record.data.status !== 'active') return { action };
    const key = platform.newKey();
    const subject = { name: PUBLISH_JOB, queue: 'jobs', subject: record.id, scope: record.id };
    const publish = askForJob(caller, key, now, subject);
    const data = { ...record.data, statusReason };
    return { action, update: [{ record, data }], create: [publish.create], jobs: [publish.call] };
  }
  const isHopeless = fault.fault.retry === 'never';
  const eraseAt = timestamp(isHopeless ? now : secondsAfter(now, UNDO_AFTER_SECONDS));
  const data: TenantAccount = { ...record.data, status: 'pending_deletion', statusReason, eraseAt };
  const update = [{ record, data }];
  if (!isHopeless) return { action, update };
  const erasure = askForErasure(caller, now, record.id, eraseAt);
  return { action, update, create: [erasure.create], jobs: [erasure.call] };
}
