import assert from 'node:assert/strict';
import { afterEach, before, describe, test } from 'node:test';
import * as z from 'zod';
import type { Composition } from '../../functions/compose.ts';
import { AppError, secondsAfter } from '../../shared/kernel/index.ts';
import {
  askForJob,
  inPieces,
  type JobContext,
  type JobData,
  type JobDefinition,
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

const nothing = async (): Promise<void> => undefined;

/** A job that was asked for in a commit that announced nothing, as if its message had been lost. */
type Lost = { readonly id: string; readonly scope: Scope };

describe('a job', () => {
  let product: Composition;
  before(async () => {
    product = openTestProduct();
    await product.platform.tenants.publish(TENANT, {
      account: 1,
      settings: 1,
      domains: 0,
      plan: { id: '', version: 0 },
    });
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
      about: noteKind,
      run: async (context: JobContext) => {
        await run(context);
        return { action: 'test.job.done', links: [] };
      },
    };
    await runJob(toolsFor(definition), { tenantId: TENANT.id, jobId: job.id }, { count, most: 18 });
  }

  /** What the last attempt asked for. */
  const sent: Outgoing[] = [];
  let isBusOut = false;
  let secondsLater = 0;
  const messenger = {
    send: async (messages: readonly Outgoing[]) => {
      if (isBusOut) throw new AppError('platform.messaging_unavailable', { status: 503, retry: 'later' });
      sent.push(...messages);
    },
    probe: nothing,
    close: nothing,
  };

  function toolsFor(definition: JobDefinition) {
    const print = () => Promise.reject(new Error('no browser here'));
    ends.length = 0;
    sent.length = 0;
    const ended = (end: JobEnd) => void ends.push(end);
    const now = (): Date => secondsAfter(product.platform.now(), secondsLater);
    const platform = { ...product.platform, now };
    return { platform, definitions: [definition], print, worker: 'test', ended, messenger };
  }

  const read = (job: Lost): Promise<Saved<JobData>> => job.scope.get(jobKind, job.id);
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
    const tools = toolsFor({
      name: NAME,
      queue: 'jobs',
      about: noteKind,
      run: () => assert.fail('it is not run'),
    });
    await assert.rejects(runJob(tools, { tenantId: 'tnt_unseen', jobId: job.id }, { count: 0, most: 18 }), {
      code: 'platform.job_not_visible',
      fault: { status: 503, retry: 'later' },
    });
  });

  /** What a sweep would send if it ran so many seconds from now. */
  async function sweepAfter(seconds: number): Promise<readonly Outgoing[]> {
    sent.length = 0;
    const { platform, stores } = product;
    const now = (): Date => secondsAfter(platform.now(), seconds);
    await sweepJobs({ store: stores.records, records: platform.records, messenger, now });
    return [...sent];
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

  afterEach(() => {
    secondsLater = 0;
    isBusOut = false;
  });

  /** Runs a job that waits for a time from its asking on, as often as its message comes. */
  async function waitFor(job: Lost, seconds: number): Promise<void> {
    const { data } = await read(job);
    const due = secondsAfter(new Date(data.askedAt), seconds);
    const tools = toolsFor({
      name: NAME,
      queue: 'jobs',
      about: noteKind,
      run: async ({ platform }) =>
        platform.now() < due ? { resumeAt: due, step: 'waiting' } : { action: 'test.job.done', links: [] },
    });
    await runJob(tools, { tenantId: TENANT.id, jobId: job.id }, { count: 0, most: 18 });
  }

  test('that has to wait is asked for again when it is due, as the same attempt, and left alone until then', async () => {
    const job = await askForOne();
    await waitFor(job, 450);
    const [message, ...more] = sent;
    assert.equal(more.length, 0);
    assert.deepEqual(message?.body, { tenantId: TENANT.id, jobId: job.id });
    const lease = await job.scope.lease(`lease_${job.id}`);
    assert.equal(message?.notBefore?.toISOString(), lease?.place?.resumeAt);
    assert.deepEqual(lease?.progress.step, 'waiting');
    assert.equal((await sweepAfter(400)).some(isFor(job)), false);
    secondsLater = 451;
    await waitFor(job, 450);
    const { data } = await read(job);
    assert.deepEqual([data.state, data.attempts], ['succeeded', 1]);
  });

  test('that is killed between being put off and asked for again is asked for by the message that comes back', async () => {
    const job = await askForOne();
    isBusOut = true;
    await assert.rejects(waitFor(job, 450), { code: 'platform.messaging_unavailable' });
    isBusOut = false;
    await waitFor(job, 450);
    await waitFor(job, 450);
    assert.equal(sent.length, 1);
    assert.equal((await read(job)).data.state, 'queued');
    secondsLater = 451;
    await waitFor(job, 450);
    assert.equal((await read(job)).data.state, 'succeeded');
  });

  test('whose message for going on was lost is asked for by the sweep', async () => {
    const job = await askForOne();
    await waitFor(job, 450);
    assert.equal((await sweepAfter(740)).some(isFor(job)), false);
    assert.equal((await sweepAfter(760)).some(isFor(job)), true);
  });

  const Place = z.strictObject({ next: z.int() });

  /** Runs a job of ten pieces; `killedAt` dies in that piece, `slowFrom` that piece takes five minutes. */
  async function tenPieces(job: Lost, done: number[], ways: { killedAt?: number; slowFrom?: number }) {
    const tools = toolsFor({
      name: NAME,
      queue: 'jobs',
      about: noteKind,
      run: async context => {
        const end = await inPieces(context, Place, { next: 0 }, async ({ next }) => {
          if (next === ways.killedAt) throw new Error('killed');
          if (next === ways.slowFrom) secondsLater += 300;
          done.push(next);
          return { at: { next: next + 1 }, done: next === 9 };
        });
        return 'resumeAt' in end ? end : { action: 'test.job.done', links: [] };
      },
    });
    await runJob(tools, { tenantId: TENANT.id, jobId: job.id }, { count: 0, most: 18 });
  }

  test('in pieces goes on where it was killed, at whichever piece, and each killing is forgiven once it got further', async () => {
    const job = await askForOne();
    const done: number[] = [];
    for (let killedAt = 0; killedAt < 10; killedAt += 1)
      await assert.rejects(tenPieces(job, done, { killedAt }), { code: 'platform.job_crashed' });
    await tenPieces(job, done, {});
    assert.deepEqual(done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal((await read(job)).data.state, 'succeeded');
  });

  test('in pieces ends a message after four minutes and goes on in the next one', async () => {
    const job = await askForOne();
    const done: number[] = [];
    await tenPieces(job, done, { slowFrom: 4 });
    assert.deepEqual(done, [0, 1, 2, 3, 4]);
    assert.equal(sent.length, 1);
    await tenPieces(job, done, {});
    assert.deepEqual(done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal((await read(job)).data.state, 'succeeded');
  });
});
