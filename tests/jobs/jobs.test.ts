import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Composition } from '../../functions/compose.ts';
import { AppError, secondsAfter } from '../../shared/kernel/index.ts';
import {
  askForJob,
  type JobContext,
  type JobData,
  type JobEnd,
  jobKind,
  runJob,
  sweepJobs,
} from '../../shared/platform/jobs/index.ts';
import type { Outgoing } from '../../shared/platform/messaging/index.ts';
import { newRecordId, type Saved, type Scope } from '../../shared/platform/records/index.ts';
import { testTenant } from '../laboratory.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { noteKind } from '../records/note.ts';

const TENANT = testTenant('jobs-of-tests');
const NAME = 'test.job';

/** A job that was asked for in a commit that announced nothing, as if its message had been lost. */
type Lost = { readonly id: string; readonly scope: Scope };

describe('a job', () => {
  let product: Composition;
  before(async () => {
    product = openTestProduct();
    await product.platform.tenants.publish(TENANT, { account: 1, settings: 1, domains: 0 });
  });

  async function askForOne(tenant: string = TENANT.id): Promise<Lost> {
    const { platform } = product;
    const caller = callerOf(tenant);
    const scope = platform.records.for(caller).scope(newRecordId(noteKind, platform.newKey()));
    const request = { name: NAME, queue: 'jobs', subject: scope.name, scope: scope.name };
    const { id, create } = askForJob(caller, platform.newKey(), platform.now(), request);
    await scope.commit({ action: 'test.job.asked', create: [create] });
    return { id, scope };
  }

  /** Of the last attempt. */
  const ends: JobEnd[] = [];

  /** Runs it once, as the handler of its message would. */
  async function attempt(job: Lost, run: (context: JobContext) => Promise<void>, count = 0): Promise<void> {
    const definition = {
      name: NAME,
      queue: 'jobs' as const,
      run: async (context: JobContext) => {
        await run(context);
        return { action: 'test.job.done', links: [] };
      },
    };
    const print = () => Promise.reject(new Error('no browser here'));
    ends.length = 0;
    const ended = (end: JobEnd) => void ends.push(end);
    const tools = { platform: product.platform, definitions: [definition], print, worker: 'test', ended };
    await runJob(tools, { tenantId: TENANT.id, jobId: job.id }, { count, most: 18 });
  }

  const read = (job: Lost): Promise<Saved<JobData>> => job.scope.get(jobKind, job.id);
  const nothing = async (): Promise<void> => undefined;

  /** What is left of a process that ended in the middle of the work. */
  async function killOneAttempt(job: Lost): Promise<void> {
    const id = `lease_${job.id}`;
    const present = await job.scope.lease(id);
    const until = new Date(0).toISOString();
    await job.scope.saveLease({
      id,
      owner: 'a process that is no more',
      until,
      attempts: (present?.attempts ?? 0) + 1,
      crashes: (present?.crashes ?? 0) + (present === undefined || present.owner === '' ? 0 : 1),
      startedAt: until,
      progress: { percent: 0, step: 'started' },
      etag: present?.etag,
    });
  }

  test('knows which attempt it is', async () => {
    const job = await askForOne();
    await killOneAttempt(job);
    const seen: number[] = [];
    await attempt(job, async context => void seen.push(context.attempt));
    assert.deepEqual(seen, [2]);
    assert.equal((await read(job)).data.state, 'succeeded');
  });

  test('that kills its process again and again ends as failed, before its message is given up', async () => {
    const job = await askForOne();
    for (let deliveries = 0; deliveries < 8; deliveries += 1) await killOneAttempt(job);
    await attempt(job, () => Promise.reject(new Error('it must not run any more')));
    const { data } = await read(job);
    assert.equal(data.state, 'failed');
    assert.equal(data.problem?.code, 'platform.job_crashed');
    assert.equal(data.attempts, 9);
  });

  test('with a bug is tried five times', async () => {
    const job = await askForOne();
    const bug = () => Promise.reject(new TypeError('a bug'));
    for (let tries = 0; tries < 4; tries += 1) {
      await assert.rejects(attempt(job, bug, tries), { code: 'platform.job_crashed' });
    }
    assert.deepEqual(ends, []);
    await attempt(job, bug, 4);
    assert.equal((await read(job)).data.state, 'failed');
    assert.deepEqual(ends, [{ jobId: job.id, name: NAME, outcome: 'failed', code: 'platform.job_crashed' }]);
  });

  test('outlives an outage of storage that puts it off a dozen times', async () => {
    const job = await askForOne();
    const out = new AppError('platform.storage_unavailable', { status: 503, retry: 'later' });
    for (let tries = 0; tries < 12; tries += 1) {
      await assert.rejects(
        attempt(job, () => Promise.reject(out), tries),
        { code: out.code },
      );
    }
    await attempt(job, nothing, 12);
    assert.equal((await read(job)).data.state, 'succeeded');
  });

  test('of a tenant that cannot be seen yet comes later', async () => {
    const job = await askForOne();
    const tools = {
      platform: product.platform,
      definitions: [],
      print: () => Promise.reject(new Error()),
      worker: 't',
      ended: () => assert.fail('nothing ended'),
    };
    await assert.rejects(runJob(tools, { tenantId: 'tnt_unseen', jobId: job.id }, { count: 0, most: 18 }), {
      code: 'platform.job_not_visible',
      fault: { status: 503, retry: 'later' },
    });
  });

  /** What a sweep would send if it ran so many seconds from now. */
  async function sweepAfter(seconds: number): Promise<readonly Outgoing[]> {
    const sent: Outgoing[] = [];
    const messenger = {
      send: async (messages: readonly Outgoing[]) => void sent.push(...messages),
      probe: nothing,
      close: nothing,
    };
    const { platform, stores } = product;
    const now = (): Date => secondsAfter(platform.now(), seconds);
    await sweepJobs({ store: stores.records, records: platform.records, messenger, now });
    return sent;
  }
  const isFor = (job: Lost) => (message: Outgoing) => message.id.startsWith(`${job.id}:sweep:`);

  test('whose message was lost is asked for again after five minutes, of whatever tenant', async () => {
    const jobs = [await askForOne(), await askForOne('tnt_another')];
    const early = await sweepAfter(290);
    const due = await sweepAfter(310);
    for (const [index, job] of jobs.entries()) {
      assert.equal(early.some(isFor(job)), false);
      const [message, ...more] = due.filter(isFor(job));
      assert.equal(more.length, 0);
      assert.equal(message?.to, 'jobs');
      assert.deepEqual(message?.body, { tenantId: index === 0 ? TENANT.id : 'tnt_another', jobId: job.id });
    }
  });

  test('that somebody holds, or that has ended, is left alone', async () => {
    const held = await askForOne();
    const ended = await askForOne();
    const until = secondsAfter(product.platform.now(), 3600).toISOString();
    await killOneAttempt(held);
    const lease = await held.scope.lease(`lease_${held.id}`);
    assert.ok(lease);
    await held.scope.saveLease({ ...lease, until });
    await attempt(ended, nothing);
    const sent = await sweepAfter(400);
    assert.equal(sent.some(isFor(held)), false);
    assert.equal(sent.some(isFor(ended)), false);
  });
});
