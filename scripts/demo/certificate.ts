import { createHash } from 'node:crypto';
import type { Cast } from './cast.ts';
import type { Answer } from './client.ts';
import { expect, expectStatus, until } from './expect.ts';
import type { MeasuredSrf } from './measurement.ts';
import type { Narrator } from './narrator.ts';
import type { Subscription } from './subscription.ts';

/** Asks for the certificate, follows its job, hears of it, downloads and verifies it. Returns the PDF. */
export async function playCertificate(
  tell: Narrator,
  cast: Cast,
  srf: MeasuredSrf,
  subscription: Subscription,
): Promise<Buffer> {
  tell.heading('The certificate');
  const { quality, owner } = cast;
  const asking = performance.now();
  const path = `/api/v1/srfs/${srf.id}/items/i1/certificate`;
  const asked = await tell.step(
    'ask for the certificate',
    async () => {
      const answer = await quality.post(path, {}, { 'idempotency-key': `"demo-${srf.id}"` });
      expectStatus(answer, 202, 'asking for the certificate');
      return answer;
    },
    ({ headers }) => `202, job at ${headers['location']}`,
  );
  const location = asked.headers['location'] ?? '';
  const job = await tell.step(
    'follow the job',
    () => follow(() => quality.get(location)),
    body => `${body.state} in ${body.attempts} attempt`,
  );
  const certificateId = String(job.subject);
  const heard = await tell.step(
    subscription.title,
    () => subscription.hear({ srfId: srf.id, certificateId }),
    ({ id }) => `${id}, ${(performance.now() - asking).toFixed(0)} ms after asking`,
  );

  const pdf = await tell.step(
    'download the PDF',
    () => download(cast, certificateId),
    bytes => `${(bytes.length / 1024).toFixed(0)} kB`,
  );
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  expect((heard.sha256 ?? sha256) === sha256, 'the PDF is the one that the webhook named');
  await tell.step(
    'asking again renders nothing',
    () => askAgain(cast, path),
    text => text,
  );
  await tell.step(
    'anybody can verify it',
    () => verify(cast, certificateId, sha256),
    text => text,
  );
  await tell.step(
    'history shows every step',
    () => history(cast, srf),
    text => text,
  );
  await tell.step(
    'the chain of hashes is intact',
    async () => expectStatus(await owner.get(`/api/v1/srfs/${srf.id}/verify`), 200, 'verification'),
    report => `${report.versions} versions`,
  );
  return pdf;
}

async function follow(ask: () => Promise<Answer>): Promise<Answer['body']> {
  const last = await until(
    ask,
    ({ body }) => ['succeeded', 'failed'].includes(body?.state),
    60_000,
    'the job',
  );
  expect(last.body.state === 'succeeded', `the job succeeded: ${JSON.stringify(last.body.problem)}`);
  return last.body;
}

async function download({ quality }: Cast, certificateId: string): Promise<Buffer> {
  const answer = await quality.get(`/api/v1/certificates/${certificateId}/pdf`);
  expectStatus(answer, 200, 'the PDF');
  expect(answer.bytes.subarray(0, 5).toString() === '%PDF-', 'it is a PDF');
  return answer.bytes;
}

async function askAgain({ quality }: Cast, path: string): Promise<string> {
  const body = expectStatus(await quality.post(path, {}), 200, 'asking again');
  return `200, ${body.number} from storage`;
}

async function verify({ quality }: Cast, certificateId: string, sha256: string): Promise<string> {
  const certificate = expectStatus(
    await quality.get(`/api/v1/certificates/${certificateId}`),
    200,
    'the certificate',
  );
  const place = `${encodeURIComponent(certificate.number)}?code=${certificate.verificationCode}`;
  const said = expectStatus(await quality.get(`/api/v1/public/certificates/${place}`), 200, 'verification');
  expect(JSON.stringify(said).includes(sha256), 'verification names the hash of the PDF');
  const page = await quality.get(`/verify/${place}`);
  expect(page.status === 200 && page.bytes.includes(certificate.number), 'the verification page answers');
  return `${quality.origin}/verify/${place}`;
}

async function history({ owner }: Cast, srf: MeasuredSrf): Promise<string> {
  const { items } = expectStatus(await owner.get(`/api/v1/srfs/${srf.id}/history?limit=100`), 200, 'history');
  const actions = items.map((entry: { action: string }) => entry.action);
  for (const action of ['created', 'submitted', 'approved', 'issued']) {
    expect(
      actions.some((known: string) => known.endsWith(action)),
      `history knows “${action}”, not only ${actions.join(', ')}`,
    );
  }
  return `${items.length} changes by ${new Set(items.map((entry: { by: { name: string } }) => entry.by.name)).size} people`;
}
