import * as z from 'zod';
import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { type ApiReply, accepted, defineEndpoint, ok } from '../../platform/http/index.ts';
import { askForJob, type JobData, JobView, jobKind, jobView } from '../../platform/jobs/index.ts';
import { storedBytes } from '../../platform/projections/index.ts';
import {
  onFresh,
  type RecordKind,
  recordFault,
  type Saved,
  type Scope,
} from '../../platform/records/index.ts';
import { assertWithinPlan, countedJob } from '../../platform/tenancy/index.ts';
import {
  CertificateContent,
  type CertificateData,
  CertificateView,
  certificateIdOf,
  certificateKind,
} from './certificate.ts';
import { certificateView } from './certificate-view.ts';
import { draftCertificate } from './draft-certificate.ts';
import { calibrationFault } from './faults.ts';
import { inTurn } from './in-turn.ts';
import { whenNumberLost } from './numbers.ts';
import { itemOf, srfItemParams } from './read-budget.ts';
import { LongText } from './schema.ts';
import { type SrfData, type SrfItem, srfKind } from './srf.ts';
import { certifiable } from './workflow.ts';

export const RENDER_JOB = { name: 'calibration.certificate.render', queue: 'render' } as const;

const CertificateWish = z.strictObject({
  language: CertificateContent.shape.language,
  paper: CertificateContent.shape.paper,
  /** Issue a new revision that replaces the present certificate, and say why. */
  revise: z.strictObject({ reason: LongText }).optional(),
});
type CertificateWish = z.infer<typeof CertificateWish>;

const Requested = z.strictObject({ certificateId: z.string(), number: z.string(), job: JobView });

/** An item with its certificates: the newest issued one, and the one that would follow it. */
type Present = {
  readonly srf: Saved<SrfData>;
  readonly item: SrfItem;
  readonly revision: number;
  readonly issued: Saved<CertificateData> | undefined;
  readonly next: Saved<CertificateData> | undefined;
  readonly job: Saved<JobData> | undefined;
};

type Decision =
  | { readonly what: 'answer'; readonly certificate: Saved<CertificateData> }
  | { readonly what: 'wait'; readonly certificate: Saved<CertificateData>; readonly job: Saved<JobData> }
  | { readonly what: 'render_again'; readonly certificate: Saved<CertificateData> }
  | { readonly what: 'issue'; readonly replaces: Saved<CertificateData> | undefined };

/**
 * What to do about a wish for a certificate: one under way is waited for, an issued one is the answer, unless a
 * revision is asked for. Throws `srf_not_approved`, `certificate_revoked`, `certificate_not_issued`.
 */
export function decideRequest(
  present: Pick<Present, 'issued' | 'next' | 'job'>,
  state: SrfData['state'],
  revise: boolean,
): Decision {
  const { issued, next, job } = present;
  if (!certifiable.includes(state)) throw calibrationFault('calibration.srf_not_approved', { state });
  if (next !== undefined) {
    if (next.data.state !== 'issuing') return { what: 'answer', certificate: next };
    return job?.data.state === 'queued'
      ? { what: 'wait', certificate: next, job }
      : { what: 'render_again', certificate: next };
  }
  if (issued === undefined) {
    if (revise) throw calibrationFault('calibration.certificate_not_issued', { state: 'absent' });
    return { what: 'issue', replaces: undefined };
  }
  if (revise) return { what: 'issue', replaces: issued };
  if (issued.data.state === 'revoked')
    throw calibrationFault('calibration.certificate_revoked', { id: issued.id });
  return { what: 'answer', certificate: issued };
}

export const requestCertificate = defineEndpoint({
  id: 'calibration.certificate.request',
  method: 'POST',
  path: '/srfs/:id/items/:itemId/certificate',
  access: { permission: 'calibration.certificate:issue' },
  summary: "Asks for an item's certificate: a job that renders it, or the certificate when it is issued.",
  params: srfItemParams,
  body: CertificateWish,
  creates: certificateKind as RecordKind,
  example: { body: { paper: 'A4' } },
  replies: {
    200: { description: 'It is issued already.', schema: CertificateView },
    202: { description: 'It is being rendered.', schema: Requested },
  },
  faults: [
    'calibration.srf_not_approved',
    'calibration.certificate_revoked',
    'calibration.certificate_not_issued',
    'calibration.certificate_incomplete',
    'calibration.changed_since_signed',
    'platform.plan_limit_reached',
  ],
  handle: async ({ caller, params, body, newKey }, platform) => {
    const scope = platform.records.for(caller).scopeOf(srfKind, params.id);
    const jobKey = newKey();
    const carryOut = async (present: Present): Promise<ApiReply> => {
      const decision = decideRequest(present, present.srf.data.state, body.revise !== undefined);
      switch (decision.what) {
        case 'answer':
          return ok(certificateView(decision.certificate), decision.certificate);
        case 'wait':
          return requested(decision.certificate, decision.job);
        case 'render_again':
          return countedJob(platform, caller, scope, () =>
            renderAgain(platform, caller, scope, decision.certificate, jobKey),
          );
        case 'issue':
          return countedJob(platform, caller, scope, () =>
            issue(platform, caller, scope, present, decision.replaces, body, jobKey),
          );
      }
    };
    return inTurn(`${caller.tenant} ${scope.name}`, () =>
      onFresh(() => load(scope, params.id, params.itemId), carryOut, whenNumberLost),
    );
  },
});

function requested(certificate: Saved<CertificateData>, job: Saved<JobData>): ApiReply {
  return accepted(job.id, {
    certificateId: certificate.id,
    number: certificate.data.number,
    job: jobView(job),
  });
}

async function load(scope: Scope, srfId: string, itemId: string): Promise<Present> {
  const srf = await scope.get(srfKind, srfId);
  const item = itemOf(srf.data, itemId);
  const [issued, { revision, next }] = await Promise.all([
    item.certificate === null ? undefined : scope.get(certificateKind, item.certificate.id),
    findNext(scope, srfId, item),
  ]);
  const job = next?.data.state === 'issuing' ? await scope.find(jobKind, next.data.jobId) : undefined;
  return { srf, item, revision, issued, next, job };
}

/** The revision that follows the issued one, past those that were withdrawn, and its certificate when there is one. */
async function findNext(
  scope: Scope,
  srfId: string,
  item: SrfItem,
): Promise<Pick<Present, 'revision' | 'next'>> {
  for (let revision = (item.certificate?.revision ?? -1) + 1; ; revision += 1) {
    const next = await scope.find(certificateKind, certificateIdOf(srfId, item.id, revision));
    if (next?.data.state !== 'withdrawn') return { revision, next };
  }
}

/** A job that gave up does not keep the certificate from being rendered by another one. */
async function renderAgain(
  platform: Capabilities,
  caller: Caller,
  scope: Scope,
  certificate: Saved<CertificateData>,
  jobKey: string,
): Promise<ApiReply> {
  const job = askForJob(caller, jobKey, platform.now(), {
    ...{ ...RENDER_JOB, subject: certificate.id, scope: scope.name },
  });
  const { saved, reply } = await scope.commit({
    action: 'calibration.certificate.requested',
    create: [job.create],
    update: [{ record: certificate, data: { ...certificate.data, jobId: job.id } }],
    jobs: [job.call],
    reply: after => requested(certificate, after.get(job.id) as Saved<JobData>),
  });
  return reply ?? requested(certificate, saved.get(job.id) as Saved<JobData>);
}

/** What the tenant's files take, some seconds behind. */
async function megabytesOf({ projector }: Capabilities, caller: Caller): Promise<number> {
  return ((await projector.read(caller, storedBytes))['bytes'] ?? 0) / 1_000_000;
}

async function issue(
  platform: Capabilities,
  caller: Caller,
  scope: Scope,
  present: Present,
  replaces: Saved<CertificateData> | undefined,
  wish: CertificateWish,
  jobKey: string,
): Promise<ApiReply> {
  const { srf, item, revision } = present;
  await assertWithinPlan(platform, caller, 'storageMegabytes', () => megabytesOf(platform, caller));
  const id = certificateIdOf(srf.id, item.id, revision);
  const job = askForJob(caller, jobKey, platform.now(), { ...RENDER_JOB, subject: id, scope: scope.name });
  const { language, paper, revise } = wish;
  const { data, claim } = await draftCertificate(platform, caller, scope, {
    ...{ id, jobId: job.id, srf, item, revision, replaces, language, paper, reason: revise?.reason },
  });
  const answer = (saved: ReadonlyMap<string, Saved<unknown>>): ApiReply =>
    requested(saved.get(id) as Saved<CertificateData>, saved.get(job.id) as Saved<JobData>);
  const { saved, reply } = await scope
    .commit({
      action: 'calibration.certificate.requested',
      reason: revise?.reason,
      create: [{ kind: certificateKind as RecordKind, id, data }, job.create],
      expect: [srf],
      claims: [claim],
      jobs: [job.call],
      reply: answer,
    })
    .catch(error => {
      // Another request was faster; the next look finds its job.
      if (error instanceof AppError && error.code === 'platform.already_exists')
        throw recordFault('platform.version_stale', { id }, error);
      throw error;
    });
  return reply ?? answer(saved);
}
