import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import type { RecordKind, Saved, Scope } from '../../platform/records/index.ts';
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
import type { SrfData } from './srf.ts';
import { loadSrf } from './srf-context.ts';
import { checkTransition } from './take-transition.ts';

const caller = { ...systemCaller('tnt_1', 'lab', 'test'), user: quality.user };
const CHANGED = { code: 'calibration.changed_since_signed' };
const signed = observedRun('as_found', 1);
const changed = [...signed.slice(0, 2), observation('p3', 'as_found', 4)];

/** Records of one request; `meanwhile` happens after the request was read and before its observations are. */
function recordsOf(
  srf: SrfData,
  meanwhile: () => void = () => undefined,
  certificates: readonly Saved<unknown>[] = [],
  jobState = 'queued',
) {
  let observations = signed;
  const reads: string[] = [];
  const scope = {
    get: async () => {
      // A turn of the loop later, so that whatever is asked for beside it comes first.
      await new Promise(setImmediate);
      reads.push('request');
      meanwhile();
      return savedRequest(srf);
    },
    find: async () => ({ data: { state: jobState } }),
    all: async (kind: RecordKind<unknown>) => {
      reads.push(kind.name);
      return kind.name === observationKind.name
        ? observations.map(data => savedObservation(data))
        : certificates;
    },
  };
  const records = {
    scopeOf: () => scope as unknown as Scope, // nothing else of it is used
    find: async () => savedStandard() as Saved<unknown>,
  };
  const platform = {
    records: { for: () => records },
    tenants: { byId: async () => ({ timeZone: 'UTC' }) },
  } as unknown as Capabilities; // nothing else of it is used
  const correct = (): void => {
    observations = changed;
  };
  return { platform, reads, correct };
}

test('the request is read before its observations, so that its ETag is not newer than they are', async () => {
  const { platform, reads } = recordsOf(performed({ state: 'in_review' }));
  const { context } = await loadSrf(platform, caller, 'srf_1');
  assert.deepEqual(reads, ['request', 'calibration.observation']);
  assert.equal(
    checkTransition(context, 'approve', undefined, () => true),
    'approved',
  );
});

test('an observation that changes between the two reads is not approved under the old signature', async () => {
  const fake: ReturnType<typeof recordsOf> = recordsOf(performed({ state: 'in_review' }), () =>
    fake.correct(),
  );
  const { context } = await loadSrf(fake.platform, caller, 'srf_1');
  assert.throws(() => checkTransition(context, 'approve', undefined, () => true), CHANGED);
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
    const { platform } = recordsOf(approved(), undefined, [issuing], jobState);
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
