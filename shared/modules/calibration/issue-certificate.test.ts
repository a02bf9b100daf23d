import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobData } from '../../platform/jobs/index.ts';
import type { Saved } from '../../platform/records/index.ts';
import { type CertificateData, certificateIdOf, certificateKind } from './certificate.ts';
import { issueCertificate, withdrawCertificate } from './issue-certificate.ts';
import { approved, now, request } from './request.fixture.ts';
import { decideRequest } from './request-certificate.ts';
import type { SrfData } from './srf.ts';

const artifact = { blob: 'tnt/1.pdf', mediaType: 'application/pdf', bytes: 10, sha256: 'a'.repeat(64) };

function certificate(state: CertificateData['state'], itemId = 'i1', revision = 0): Saved<CertificateData> {
  const data = {
    ...{ number: `CAL-2026-0000${revision}`, srfId: 'srf_1', itemId, revision, state, jobId: 'job_1' },
    ...{ verificationCode: 'c', contentHash: 'h', artifact: null, issuedAt: null },
    ...{ supersedes: null, supersededBy: null, revocation: null, withdrawal: null, content: {} },
    ...{ signed: twoItems().approvedBy?.signed },
  } as unknown as CertificateData; // nothing here looks at the content
  const id = certificateIdOf('srf_1', itemId, revision);
  return {
    ...{ kind: certificateKind, id, scope: 'srf_1', version: 1, hash: 'h', createdAt: now, createdBy: 'u' },
    ...{ updatedAt: now, data, stored: data, etag: 'e' },
  };
}

function job(state: JobData['state']): Saved<JobData> {
  return { data: { state } } as Saved<JobData>; // only its state is looked at
}

function twoItems(): SrfData {
  const [item] = request().items;
  assert.ok(item);
  return approved({ items: [item, { ...item, id: 'i2' }] });
}

function code(expected: string): (error: unknown) => boolean {
  return error => (error as { code?: unknown }).code === expected;
}

test('the request is certified when its last item is, whichever comes last', () => {
  for (const [first, second] of [
    ['i1', 'i2'],
    ['i2', 'i1'],
  ] as const) {
    const one = issueCertificate(certificate('issuing', first), twoItems(), undefined, artifact, now);
    assert.equal(one.srf.state, 'approved');
    const two = issueCertificate(certificate('issuing', second), one.srf, undefined, artifact, now);
    assert.equal(two.srf.state, 'certificate_issued');
    assert.deepEqual([two.certificate.state, two.certificate.issuedAt], ['issued', now]);
  }
});

test('a revision issued later leaves the request where it is and supersedes the former certificate', () => {
  const delivered = { ...twoItems(), state: 'delivered' as const };
  const former = { ...certificate('issued').data, artifact };
  const revision = certificate('issuing', 'i1', 1);
  const issued = issueCertificate(revision, delivered, former, artifact, now);
  assert.equal(issued.srf.state, 'delivered');
  assert.equal(issued.srf.items[0]?.certificate?.revision, 1);
  assert.deepEqual([issued.replaced?.state, issued.replaced?.supersededBy], ['superseded', revision.id]);
});

test('a revoked certificate stays revoked when it is replaced', () => {
  const issued = issueCertificate(
    certificate('issuing', 'i1', 1),
    twoItems(),
    certificate('revoked').data,
    artifact,
    now,
  );
  assert.equal(issued.replaced?.state, 'revoked');
});

test('nothing is issued for a request that is reopened or approved anew', () => {
  const made = certificate('issuing');
  const issue = (srf: SrfData) => issueCertificate(made, srf, undefined, artifact, now);
  assert.ok(issue({ ...twoItems(), state: 'delivered' }));
  for (const state of ['rework', 'in_progress', 'in_review', 'cancelled'] as const)
    assert.throws(() => issue({ ...twoItems(), state }), code('calibration.srf_not_approved'));
  const anew = approved({ place: 'On site' });
  assert.throws(() => issue(anew), code('calibration.changed_since_signed'));
});

test('a withdrawn certificate keeps its number and says why', () => {
  const { data } = certificate('issuing');
  const withdrawn = withdrawCertificate(data, now, 'Wrong serial number');
  assert.deepEqual(withdrawn, {
    ...data,
    state: 'withdrawn',
    withdrawal: { at: now, reason: 'Wrong serial number' },
  });
});

const nothing = { issued: undefined, next: undefined, job: undefined };

test('certificates are made of approved requests only', () => {
  for (const state of ['in_progress', 'in_review', 'rework', 'cancelled'] as const) {
    assert.throws(() => decideRequest(nothing, state, false), code('calibration.srf_not_approved'));
  }
  for (const state of ['approved', 'certificate_issued', 'closed'] as const) {
    assert.deepEqual(decideRequest(nothing, state, false), { what: 'issue', replaces: undefined });
  }
});

test('a certificate under way is waited for, and rendered again when its job gave up', () => {
  const next = certificate('issuing');
  const decide = (state: JobData['state']) =>
    decideRequest({ ...nothing, next, job: job(state) }, 'approved', false).what;
  assert.equal(decide('queued'), 'wait');
  assert.equal(decide('failed'), 'render_again');
  assert.equal(decideRequest({ ...nothing, next }, 'approved', false).what, 'render_again');
});

test('an issued certificate is the answer until a revision is asked for', () => {
  const issued = certificate('issued');
  assert.equal(decideRequest({ ...nothing, issued }, 'certificate_issued', false).what, 'answer');
  assert.deepEqual(decideRequest({ ...nothing, issued }, 'certificate_issued', true), {
    what: 'issue',
    replaces: issued,
  });
});

test('a revoked certificate is replaced by a revision only, and there is no revision of nothing', () => {
  const issued = certificate('revoked');
  assert.throws(
    () => decideRequest({ ...nothing, issued }, 'closed', false),
    code('calibration.certificate_revoked'),
  );
  assert.equal(decideRequest({ ...nothing, issued }, 'closed', true).what, 'issue');
  assert.throws(() => decideRequest(nothing, 'closed', true), code('calibration.certificate_not_issued'));
});

test('the id of a certificate depends on request, item and revision alone', () => {
  const id = certificateIdOf('srf_1', 'i1', 0);
  assert.equal(certificateIdOf('srf_1', 'i1', 0), id);
  assert.equal(new Set([id, certificateIdOf('srf_1', 'i1', 1), certificateIdOf('srf_1', 'i2', 0)]).size, 3);
});
