import { timestamp } from '../../kernel/index.ts';
import type { Artifact } from '../../platform/blobs/index.ts';
import { defineJob, type JobContext, type JobEnding } from '../../platform/jobs/index.ts';
import type { Saved } from '../../platform/records/index.ts';
import { type CertificateData, certificateKind } from './certificate.ts';
import { calibrationFault } from './faults.ts';
import { type Issued, issueCertificate } from './issue-certificate.ts';
import { placeOf, settleNumber } from './numbers.ts';
import { RENDER_JOB } from './request-certificate.ts';
import { type SrfData, srfKind } from './srf.ts';

/** Renders a certificate's frozen content once, and issues it. */
export const renderCertificate = defineJob({
  ...RENDER_JOB,
  about: certificateKind,
  run: async context => {
    const { job, scope, caller, platform } = context;
    const certificate = await scope.get(certificateKind, job.data.subject);
    const links = linksOf(certificate.id);
    const { state } = certificate.data;
    if (state === 'withdrawn') throw calibrationFault('calibration.certificate_not_issued', { state });
    if (state !== 'issuing') return { action: 'calibration.certificate.found', links };
    const artifact = await artifactOf(context, certificate);
    const { supersedes } = certificate.data;
    // Read after rendering, which takes longest, so that other certificates of the request come in between less often.
    const [srf, replaced] = await Promise.all([
      scope.get(srfKind, scope.name),
      supersedes === null ? undefined : scope.get(certificateKind, supersedes),
    ]);
    const at = timestamp(platform.now());
    const issued = issueCertificate(certificate, srf.data, replaced?.data, artifact, at);
    return {
      action: 'calibration.certificate.issued',
      update: [
        { record: certificate, data: issued.certificate },
        { record: srf, data: issued.srf },
        ...(replaced === undefined ? [] : [{ record: replaced, data: issued.replaced }]),
      ],
      events: eventsOf(certificate, srf, issued, artifact),
      links,
      afterwards: async () => {
        const parsed = placeOf('certificate', certificate.data.number);
        if (parsed !== undefined) await settleNumber(platform, caller, parsed);
      },
    };
  },
});

/** What an attempt has made, for when another commit comes in between and it decides again. */
const made = new WeakMap<JobContext, Artifact>();

async function artifactOf(context: JobContext, certificate: Saved<CertificateData>): Promise<Artifact> {
  const artifact = made.get(context) ?? (await findOrMake(context, certificate));
  made.set(context, artifact);
  return artifact;
}

async function findOrMake(context: JobContext, certificate: Saved<CertificateData>): Promise<Artifact> {
  const { caller, platform, print, progress, attempt } = context;
  const { contentHash, content, number } = certificate.data;
  // A first attempt finds nothing but what an earlier job left, and then makes the same bytes again.
  const found = attempt > 1 ? await platform.artifacts.find(caller.tenant, contentHash, 'pdf') : undefined;
  if (found !== undefined) return found;
  await progress(10, 'rendering');
  // Loaded here, because only one app renders and all of them load this module.
  const { certificateHtml } = await import('./documents/index.ts');
  const bytes = await print(certificateHtml(content), {
    title: number,
    createdAt: new Date(certificate.createdAt),
  });
  await progress(80, 'storing');
  return platform.artifacts.keep(caller.tenant, contentHash, 'pdf', 'application/pdf', bytes);
}

function linksOf(id: string): JobEnding['links'] {
  const href = `/api/v1/certificates/${id}`;
  return [
    { rel: 'certificate', href },
    { rel: 'pdf', href: `${href}/pdf` },
  ];
}

function eventsOf(
  certificate: Saved<CertificateData>,
  srf: Saved<SrfData>,
  issued: Issued,
  artifact: Artifact,
): NonNullable<JobEnding['events']> {
  const { number, revision, srfId, itemId } = certificate.data;
  const links = Object.fromEntries(linksOf(certificate.id).map(({ rel, href }) => [rel, href]));
  const event = {
    type: 'calibration.certificate.issued',
    data: {
      ...{ certificateId: certificate.id, number, revision, srfId, itemId },
      ...{ sha256: artifact.sha256, links },
    },
  };
  if (issued.srf.state === srf.data.state) return [event];
  const moved = {
    ...{ srfId, number: srf.data.number, action: 'issue', from: srf.data.state, to: issued.srf.state },
  };
  return [event, { type: 'calibration.srf.moved', data: moved }];
}
