import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Composition } from '../../functions/compose.ts';
import { faults } from '../../local/faults/client.ts';
import { type Stack, startStack } from '../../local/supervisor/stack.ts';
import { secondsAfter, systemCaller, timestamp } from '../../shared/kernel/index.ts';
import { askForJob, jobKind, runJob } from '../../shared/platform/jobs/index.ts';
import {
  draftAccount,
  eraseJob,
  PROVISION_JOB,
  provisionJob,
  sweepTenants,
} from '../../shared/platform/provisioning/index.ts';
import {
  archiveOld,
  type ChangeDocument,
  newRecordId,
  type Scope,
} from '../../shared/platform/records/index.ts';
import {
  PLATFORM,
  PLATFORM_SLUG,
  planId,
  planKind,
  tenantKind,
} from '../../shared/platform/tenancy/index.ts';
import topology from '../../shared/topology.json' with { type: 'json' };
import { openTestProduct } from '../product.ts';

const MOST = 18;
const FIRST = { count: 0, most: MOST };
const LAST = { count: MOST, most: MOST };
const DAY = 86_400;
const operator = systemCaller(PLATFORM, PLATFORM_SLUG, 'test');

type Order = { readonly id: string; readonly slug: string; readonly scope: Scope };

describe('a provisioning that fails for good', () => {
  let dataDir: string;
  let stack: Stack;
  let product: Composition;

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-undone-'));
    stack = await startStack({ dataDir, ports: 'free' });
    product = openTestProduct(stack.settings);
    const plan = { code: 'small', name: 'Small', price: { amount: '1.00', currency: 'EUR' }, cycle: 'month' };
    const data = { ...plan, trialDays: 0, limits: {}, quotas: {}, features: [], active: true };
    const create = [{ kind: planKind, id: planId('small'), data }];
    await product.platform.records.for(operator).scope('plans').commit({ action: 'test.plan.made', create });
  });
  afterEach(() => faults(stack).clear());
  after(async () => {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** As the operators' endpoint writes it. */
  async function order(slug = `u${product.platform.newKey().slice(-16)}`): Promise<Order> {
    const { platform } = product;
    const id = newRecordId(tenantKind, platform.newKey());
    const administrator = { email: `owner@${slug}.example`, name: 'First Owner' };
    const settings = { locale: 'en-GB', currency: 'GBP', timeZone: 'Europe/London', administrator };
    const overrides = { limits: {}, quotas: {}, features: [] };
    const wanted = { name: 'A laboratory', slug, plan: 'small', region: 'local', overrides, ...settings };
    const data = await draftAccount(platform, operator, id, wanted, 'operator');
    const job = askForJob(operator, platform.newKey(), platform.now(), {
      ...{ name: PROVISION_JOB, queue: 'jobs', subject: id, scope: id },
    });
    const scope = platform.records.for(operator).scope(id);
    const create = [{ kind: tenantKind, id, data }, job.create];
    await scope.commit({ action: 'platform.tenant.ordered', create, jobs: [job.call] });
    return { id, slug, scope };
  }

  async function openJob({ scope }: Order, name: string): Promise<string> {
    const jobs = await scope.all(jobKind);
    const open = jobs.find(({ data }) => data.name === name && data.state === 'queued');
    return open?.id ?? assert.fail(`there is no open ${name}`);
  }

  /** Runs the open job of this name as a worker does, so many seconds later. */
  async function run(
    wanted: Order,
    name: string,
    attempt = FIRST,
    { later = 0, definitions = [provisionJob, eraseJob] } = {},
  ): Promise<void> {
    const now = (): Date => secondsAfter(new Date(), later);
    const tools = {
      platform: { ...product.platform, now },
      definitions,
      print: () => Promise.reject(new Error('nothing is printed')),
      messenger: { send: async () => undefined },
      worker: 'test',
      ended: () => undefined,
    };
    await runJob(tools, { tenantId: PLATFORM, jobId: await openJob(wanted, name) }, attempt);
  }

  const account = async ({ scope, id }: Order) => (await scope.get(tenantKind, id)).data;

  /** Runs what undoes it: it looks twice. */
  async function undo(wanted: Order, later = 0): Promise<void> {
    await run(wanted, eraseJob.name, FIRST, { later });
    await run(wanted, eraseJob.name, FIRST, { later: later + 60 });
  }

  /** What any container holds of the tenant, or of its host name. */
  async function leftOf({ id, slug }: Order): Promise<readonly unknown[]> {
    const { database } = await product.stores.records.container();
    const rows = topology.cosmos.containers.map(async ({ name }) => {
      const { resources } = await database
        .container(name)
        .items.query(
          {
            query: 'SELECT * FROM c WHERE c.tenantId = @id OR c.owner = @id OR c.id = @slug OR c.id = @id',
            parameters: [
              { name: '@id', value: id },
              { name: '@slug', value: `slug:${slug}` },
            ],
          },
          { forceQueryPlan: true },
        )
        .fetchAll();
      return resources.map(item => ({ container: name, ...item }));
    });
    return (await Promise.all(rows)).flat().filter(({ tenantId }) => tenantId !== PLATFORM);
  }

  /** Nothing is left but that its key was destroyed, so that nobody makes another one; the register keeps the whole story. */
  async function assertUndone(wanted: Order): Promise<void> {
    const left = await leftOf(wanted);
    const { status, eraseAt, beginnings, statusReason } = await account(wanted);
    assert.deepEqual([status, eraseAt, beginnings], ['deleted', null, null]);
    assert.match(statusReason ?? '', new RegExp(`Undone: \\d+ items.*free again: ${wanted.slug}`));
    assert.deepEqual(
      left.map(item => (item as { container: string }).container),
      ['keys'],
      JSON.stringify(left),
    );
    assert.deepEqual((left[0] as { versions: unknown }).versions, []);
    assert.equal((await wanted.scope.verify(tenantKind, wanted.id)).intact, true);
    const actions: string[] = [];
    for await (const { action } of wanted.scope.changes()) actions.push(action);
    assert.equal(actions[0], 'platform.tenant.ordered');
    assert.deepEqual(
      ['platform.tenant.provisioning_failed', 'platform.tenant.closed', 'platform.tenant.erased'].filter(
        action => !actions.includes(action),
      ),
      [],
    );
    const again = await order(wanted.slug);
    await run(again, PROVISION_JOB);
    assert.equal((await account(again)).status, 'active');
  }

  test('since its name was another’s after all is undone at once, and takes nothing from the other one', async () => {
    const lost = await order();
    assert.equal(await product.platform.tenants.takeSlug(lost.slug, 'tnt_other'), true);
    await run(lost, PROVISION_JOB);
    assert.match((await account(lost)).statusReason ?? '', /step “name”: platform\.slug_taken/);
    await undo(lost);
    const { status, statusReason } = await account(lost);
    assert.equal(status, 'deleted');
    assert.match(statusReason ?? '', /Undone: \d+ items, \d+ files and the keys are gone\.$/);
    assert.equal(await product.platform.tenants.ownerOfSlug(lost.slug), 'tnt_other');
  });

  /** What is out of order, for each step, in the words of the servers that are asked then. */
  const outages: Readonly<Record<string, (wanted: Order) => Promise<unknown>>> = {
    name: ({ slug }) =>
      faults(stack)
        .on('cosmos')
        .refuse({ operation: 'create', entity: 'tenants', match: `slug:${slug}`, status: 503 }),
    keys: () => faults(stack).on('key-vault').refuse({ operation: 'wrap', status: 503, retryAfterMs: 1 }),
    settings: ({ id }) => outOfRecords(`["${id}","settings"]`),
    administrator: ({ id }) => outOfRecords(`["${id}","directory"]`),
  };
  const outOfRecords = (match: string) =>
    faults(stack).on('cosmos').refuse({ operation: 'batch', entity: 'records', match, status: 503 });

  for (const [step, breakIt] of Object.entries(outages)) {
    test(`at step “${step}” goes on when what was out is back`, async () => {
      const wanted = await order();
      await breakIt(wanted);
      await assert.rejects(run(wanted, PROVISION_JOB), { fault: { status: 503, retry: 'later' } });
      assert.equal((await account(wanted)).status, 'provisioning');
      await faults(stack).clear();
      await run(wanted, PROVISION_JOB);
      assert.equal((await account(wanted)).status, 'active');
    });

    test(`at step “${step}” however often it was tried is undone a day later, and its name is free`, async () => {
      const wanted = await order();
      await breakIt(wanted);
      await run(wanted, PROVISION_JOB, LAST);
      await faults(stack).clear();
      const failed = await account(wanted);
      assert.equal(failed.status, 'pending_deletion');
      assert.match(
        failed.statusReason ?? '',
        new RegExp(`^Provisioning failed at step “${step}”: platform\\.`),
      );
      const { records } = product.platform;
      await sweepTenants({ records, now: () => secondsAfter(new Date(), DAY - 60) });
      await assert.rejects(openJob(wanted, eraseJob.name), /there is no open/);
      await sweepTenants({ records, now: () => secondsAfter(new Date(), DAY + 60) });
      await undo(wanted, DAY + 60);
      await assertUndone(wanted);
    });
  }

  /** A tenant of which everything but the last step was made. */
  async function almostReady(): Promise<Order> {
    const wanted = await order();
    await outages['administrator']?.(wanted);
    await run(wanted, PROVISION_JOB, LAST);
    await faults(stack).clear();
    const { records } = product.platform;
    await sweepTenants({ records, now: () => secondsAfter(new Date(), DAY + 60) });
    return wanted;
  }

  for (const step of ['names', 'files', 'secrets', 'items', 'keys', 'again']) {
    test(`is undone whole although whoever undid it died at “${step}”`, async () => {
      const wanted = await almostReady();
      const dying = {
        ...eraseJob,
        run: (context: Parameters<typeof eraseJob.run>[0]) => {
          const progress = async (_percent: number, told: string): Promise<void> => {
            if (told === step) throw new Error('killed');
          };
          return eraseJob.run({ ...context, progress });
        },
      };
      const died = run(wanted, eraseJob.name, FIRST, { later: DAY + 60, definitions: [dying] });
      await assert.rejects(died, { code: 'platform.job_crashed' });
      await undo(wanted, DAY + 120);
      await assertUndone(wanted);
    });
  }

  test('leaves nothing of what counters write late', async () => {
    const wanted = await almostReady();
    const inTenant = systemCaller(wanted.id, wanted.slug, 'test');
    const late: ChangeDocument[] = [];
    for await (const change of product.platform.records.for(inTenant).scope('settings').changes())
      late.push(change);
    await run(wanted, eraseJob.name, FIRST, { later: DAY + 60 });
    await product.platform.projector.take(late);
    assert.ok((await leftOf(wanted)).length > 1, 'a counter came late');
    await run(wanted, eraseJob.name, FIRST, { later: DAY + 120 });
    await assertUndone(wanted);
  });

  test('leaves nothing of what lies in the archive', async () => {
    const wanted = await almostReady();
    await archiveOld(
      { store: product.stores.records, archive: product.stores.archive },
      timestamp(secondsAfter(new Date(), DAY)),
    );
    assert.ok(
      (await leftOf(wanted)).some(item => (item as { container: string }).container === 'archive'),
      'a change was moved',
    );
    await undo(wanted, DAY + 60);
    await assertUndone(wanted);
  });

  test('is asked to be undone again when the undoing failed itself', async () => {
    const wanted = await almostReady();
    const refuse = { operation: 'delete', entity: 'records', match: wanted.id, status: 503 } as const;
    await faults(stack).on('cosmos').refuse(refuse);
    await run(wanted, eraseJob.name, LAST, { later: DAY + 60 });
    await assert.rejects(openJob(wanted, eraseJob.name), /there is no open/);
    await faults(stack).clear();
    const { records } = product.platform;
    await sweepTenants({ records, now: () => secondsAfter(new Date(), DAY + 120) });
    await undo(wanted, DAY + 120);
    await assertUndone(wanted);
  });

  test('is not one that others were at as well, or whose entry in the register was changed meanwhile', async () => {
    const wanted = await order();
    const job = await wanted.scope.get(jobKind, await openJob(wanted, PROVISION_JOB));
    const { platform } = product;
    const print = () => Promise.reject(new Error('nothing is printed'));
    const context = (scope: Scope) => ({
      ...{ job, scope, caller: operator, platform, print, attempt: 1 },
      progress: () => Promise.resolve(),
      step: () => 'started',
      checkpoint: () => undefined,
      keep: () => Promise.resolve(),
      isTimeUp: () => false,
    });
    const ended = await Promise.allSettled(
      Array.from({ length: 6 }, () => provisionJob.run(context(wanted.scope))),
    );
    for (const one of ended)
      if (one.status === 'rejected') assert.equal(one.reason.code, 'platform.busy', String(one.reason));
    const late = await order();
    const lateJob = await late.scope.get(jobKind, await openJob(late, PROVISION_JOB));
    /** Of a register that changes between its reading and its writing. */
    const changing: Scope = {
      ...late.scope,
      commit: async request => {
        const record = await late.scope.get(tenantKind, late.id);
        await late.scope.commit({ action: 'test.tenant.renamed', update: [{ record, data: record.data }] });
        return late.scope.commit(request);
      },
    };
    await assert.rejects(provisionJob.run({ ...context(changing), job: lateJob }), {
      code: 'platform.busy',
      fault: { status: 409, retry: 'later' },
    });
    for (const one of [wanted, late]) {
      await run(one, PROVISION_JOB);
      assert.equal((await account(one)).status, 'active');
    }
  });

  test('after it was ready leaves the tenant, and says what is missing', async () => {
    const wanted = await order();
    const publish = { operation: 'create', entity: 'tenants', match: wanted.id, status: 503 } as const;
    await faults(stack).on('cosmos').refuse(publish);
    await run(wanted, PROVISION_JOB, LAST);
    const { status, statusReason, eraseAt } = await account(wanted);
    assert.deepEqual([status, eraseAt], ['active', null]);
    assert.match(statusReason ?? '', /failed at step “ready”: platform\.database_unavailable/);
    assert.ok(await openJob(wanted, 'platform.tenant.publish'), 'its host is told later');
  });

  test('has one job that undoes it, however many ask', async () => {
    const wanted = await almostReady();
    const { records } = product.platform;
    const now = (): Date => secondsAfter(new Date(), DAY + 60);
    await Promise.all(Array.from({ length: 8 }, () => sweepTenants({ records, now })));
    const jobs = await wanted.scope.all(jobKind);
    assert.equal(jobs.filter(({ data }) => data.name === eraseJob.name).length, 1);
  });
});
