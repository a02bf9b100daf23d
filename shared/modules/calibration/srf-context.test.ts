import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { jobKind } from '../../platform/jobs/index.ts';
import type { RecordKind, Saved, Scope, TenantRecords } from '../../platform/records/index.ts';
import { certificateKind } from './certificate.ts';
import { requireAuthorised } from './draft-certificate.ts';
import { observationKind } from './observation.ts';
import {
  approved,
  observation,
  observedRun,
  performed,
  quality,
  savedObservation,
  savedRequest,
  savedStandard,
} from './request.fixture.ts';
import { type SrfData, srfKind } from './srf.ts';
import { loadSrf, standardsNow } from './srf-context.ts';
import { checkTransition } from './take-transition.ts';

const caller = { ...systemCaller('tnt_1', 'lab', 'test'), user: quality.user };
const CHANGED = { code: 'calibration.changed_since_signed' };
const signed = observedRun('as_found', 1);
const changed = [...signed.slice(0, 2), observation('p3', 'as_found', 4)];

/** Records of one request, and which queries and reads they were asked for. */
function recordsOf(
  srf: SrfData,
  observations = signed,
  certificates: readonly Saved<unknown>[] = [],
  jobState = 'queued',
) {
  const reads: string[] = [];
  const byKind: Readonly<Record<string, readonly unknown[]>> = {
    [srfKind.name]: [savedRequest(srf)],
    [observationKind.name]: observations.map(data => savedObservation(data)),
    [certificateKind.name]: certificates,
    [jobKind.name]: [{ id: 'job_1', data: { state: jobState } }],
  };
  const scope = {
    together: async (kinds: readonly RecordKind[]) => {
      reads.push(kinds.map(({ name }) => name).join(' '));
      return { all: ({ name }: RecordKind<unknown>) => byKind[name] ?? [] };
    },
  };
  const records = {
    scopeOf: () => scope as unknown as Scope, // nothing else of it is used
    find: async () => {
      reads.push('a standard');
      return savedStandard({ status: 'inactive' }) as Saved<unknown>;
    },
  } as unknown as TenantRecords; // nothing else of it is used
  const platform = {
    records: { for: () => records },
    tenants: { byId: async () => ({ timeZone: 'UTC' }) },
  } as unknown as Capabilities; // nothing else of it is used
  return { platform, records, reads };
}

test('the request is read with its observations, by one query: neither is older than the other', async () => {
  const { platform, reads } = recordsOf(performed({ state: 'in_review' }));
  const { context } = await loadSrf(platform, caller, 'srf_1');
  assert.deepEqual(reads, ['calibration.srf calibration.observation calibration.certificate platform.job']);
  assert.equal(
    checkTransition(context, 'approve', undefined, () => true),
    'approved',
  );
});

test('an observation that is not the one that was signed is not approved under the old signature', async () => {
  const { platform } = recordsOf(performed({ state: 'in_review' }), changed);
  const { context } = await loadSrf(platform, caller, 'srf_1');
  assert.throws(() => checkTransition(context, 'approve', undefined, () => true), CHANGED);
});

test('a standard that was withdrawn since it was used is found by a read of its own', async () => {
  const { platform, records } = recordsOf(performed({ state: 'in_review' }));
  const loaded = await loadSrf(platform, caller, 'srf_1');
  const context = { ...loaded.context, standards: await standardsNow(records, loaded) };
  assert.throws(() => checkTransition(context, 'approve', undefined, () => true), {
    code: 'calibration.standard_expired',
  });
});

test('a request that is not there is not found', async () => {
  const { platform } = recordsOf(performed({ state: 'in_review' }));
  await assert.rejects(loadSrf(platform, caller, 'srf_2'), { code: 'platform.not_found' });
});

test('no certificate is made of what nobody approved', () => {
  const srf = approved();
  assert.equal(requireAuthorised(srf, signed), srf.approvedBy?.signed);
  assert.throws(() => requireAuthorised(srf, changed), CHANGED);
  assert.throws(() => requireAuthorised(srf, signed.slice(1)), CHANGED);
  assert.throws(
    () => requireAuthorised({ ...srf, customer: { name: 'Other', address: [] } }, signed),
    CHANGED,
  );
  assert.throws(() => requireAuthorised({ ...srf, approvedBy: null }, signed), CHANGED);
});

test('what follows the signatures does not break them', () => {
  const srf = approved();
  const certificate = {
    id: 'crt_1',
    number: 'CAL-2026-00001',
    revision: 0,
    issuedAt: '2026-11-20T11:00:00.000Z',
  };
  const items = srf.items.map(item => ({ ...item, certificate }));
  assert.doesNotThrow(() => requireAuthorised({ ...srf, state: 'delivered', items }, signed));
});

test('a certificate whose job failed does not keep the request from being reopened, one under way does', async () => {
  const issuing = { id: 'crt_1', data: { state: 'issuing', jobId: 'job_1' } } as Saved<unknown>;
  const reopen = async (jobState: string) => {
    const { platform } = recordsOf(approved(), signed, [issuing], jobState);
    const { context, stuck } = await loadSrf(platform, caller, 'srf_1');
    const to = () => checkTransition(context, 'reopen', 'The printer gave up', () => true);
    return { to, stuck };
  };
  const failed = await reopen('failed');
  assert.equal(failed.to(), 'rework');
  assert.deepEqual(failed.stuck, [issuing]);
  const queued = await reopen('queued');
  assert.throws(queued.to, { code: 'calibration.certificate_under_way' });
  assert.deepEqual(queued.stuck, []);
});
