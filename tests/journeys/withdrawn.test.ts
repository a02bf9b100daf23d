import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { systemCaller } from '../../shared/kernel/index.ts';
import { certificateKind } from '../../shared/modules/calibration/certificate.ts';
import { observationKind } from '../../shared/modules/calibration/observation.ts';
import { srfKind } from '../../shared/modules/calibration/srf.ts';
import { jobKind } from '../../shared/platform/jobs/index.ts';
import { storedBytes } from '../../shared/platform/projections/index.ts';
import type { Scope } from '../../shared/platform/records/index.ts';
import { type Laboratory, openLaboratory, testTenant } from '../laboratory.ts';
import { openTestProduct } from '../product.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';
import { act, read } from './as-client.ts';

const SLUG = 'withdrawn';
const FULL = 'without-room';

describe('what cannot be issued', () => {
  let laboratory: Laboratory;
  let scopeOf: (srfId: string) => Scope;
  let storedIn: (slug: string) => Promise<number | undefined>;

  before(async () => {
    const { settings, urls } = testStack();
    const entitlements = { limits: { storageMegabytes: 0 }, features: [] };
    await provisionLaboratories(settings, SLUG, { slug: FULL, entitlements });
    laboratory = await openLaboratory(urls['api'] ?? '', SLUG);
    const { records, projector } = openTestProduct().platform;
    storedIn = async slug =>
      (await projector.read(systemCaller(testTenant(slug).id, slug, 'test'), storedBytes))['bytes'];
    scopeOf = srfId => records.for(systemCaller(testTenant(SLUG).id, SLUG, 'test')).scope(srfId);
  });

  test('a certificate is refused when an observation is not the one that was signed', async () => {
    const srfId = await laboratory.approvedSrf();
    const scope = scopeOf(srfId);
    const [record] = await scope.all(observationKind);
    assert.ok(record);
    const data = { ...record.data, readings: [5, 5, 5] };
    await scope.commit({ action: 'test.tampered', update: [{ record, data }] });
    const { status, body } = await laboratory.askForCertificate(srfId);
    assert.deepEqual([status, body.code], [409, 'calibration.changed_since_signed']);
  });

  test('a certificate whose job failed is withdrawn by reopening, and the next one has a number of its own', async () => {
    const srfId = await laboratory.approvedSrf();
    const asked = await laboratory.askForCertificate(srfId);
    await laboratory.ended(asked.headers['location'] ?? '');
    const { certificateId, number } = asked.body;
    const { verificationCode } = await read(laboratory.quality, `certificates/${certificateId}`);
    await asIfItsJobHadFailed(scopeOf(srfId), srfId, certificateId);

    await act(laboratory.quality, srfId, { action: 'reopen', reason: 'The printer gave up' });
    const withdrawn = await read(laboratory.quality, `certificates/${certificateId}`);
    assert.deepEqual([withdrawn.state, withdrawn.number], ['withdrawn', number]);
    assert.equal(withdrawn.withdrawal.reason, 'The printer gave up');
    const place = `/api/v1/public/certificates/${number}?code=${verificationCode}`;
    assert.equal((await laboratory.quality.get(place)).status, 404);

    await act(laboratory.technician, srfId, { action: 'complete' });
    await act(laboratory.quality, srfId, { action: 'start_review' });
    await act(laboratory.quality, srfId, { action: 'approve' });
    const next = await laboratory.askForCertificate(srfId);
    assert.equal((await laboratory.ended(next.headers['location'] ?? '')).state, 'succeeded');
    const issued = await read(laboratory.quality, `certificates/${next.body.certificateId}`);
    assert.deepEqual([issued.state, issued.revision, issued.supersedes], ['issued', 1, null]);
    assert.notEqual(issued.number, number);
    const { items } = await read(laboratory.quality, `number-registers/certificate-${number.slice(4, 8)}`);
    const entry = items.find((candidate: { number: string }) => candidate.number === number);
    assert.deepEqual([entry.state, entry.document], ['assigned', certificateId]);
    // What was withdrawn has its file still.
    const files = async () => (await storedIn(SLUG)) ?? 0;
    await until(files, bytes => bytes >= issued.bytes, 30_000, 'its file is counted');
  });

  test('a certificate is refused when the files of the tenant take as much room as its plan allows', async () => {
    const full = await openLaboratory(testStack().urls['api'] ?? '', FULL);
    const { status, body } = await full.askForCertificate(await full.approvedSrf());
    assert.deepEqual([status, body.code], [402, 'platform.plan_limit_reached']);
    assert.deepEqual(body.data, { limit: 'storageMegabytes', most: 0 });
  });
});

/** Leaves request, certificate and job as a render app that gave up leaves them. */
async function asIfItsJobHadFailed(scope: Scope, srfId: string, certificateId: string): Promise<void> {
  const [srf, certificate] = await Promise.all([
    scope.get(srfKind, srfId),
    scope.get(certificateKind, certificateId),
  ]);
  const job = await scope.get(jobKind, certificate.data.jobId);
  const items = srf.data.items.map(item => ({ ...item, certificate: null }));
  await scope.commit({
    action: 'test.job_failed',
    update: [
      { record: srf, data: { ...srf.data, state: 'approved', items } },
      {
        record: certificate,
        data: { ...certificate.data, state: 'issuing', artifact: null, issuedAt: null },
      },
      { record: job, data: { ...job.data, state: 'failed' } },
    ],
  });
}
