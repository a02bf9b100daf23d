import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { secondsAfter } from '../../shared/kernel/index.ts';
import { grantKind } from '../../shared/platform/access/index.ts';
import { askForJob, type JobContext, jobKind, runJob } from '../../shared/platform/jobs/index.ts';
import { newRecordId, type RecordKind, type Scope, type Store } from '../../shared/platform/records/index.ts';
import { candidateOf, type Disposal, dispose } from '../../shared/platform/retention/dispose.ts';
import { askForDisposals, DISPOSE_JOB } from '../../shared/platform/retention/index.ts';
import { ownTenant, verdict } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { openLaboratory, testTenant } from '../laboratory.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const YEAR_SECONDS = 366 * 86_400;
const CONTACT = { name: 'Zenobia Quillfeather', email: 'zenobia@quill.example' };
const { platform, stores, app } = openTestProduct();

let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

/** A customer with a contact; one that nobody deals with any more unless told otherwise. */
async function makeCustomer(status: 'active' | 'inactive' = 'inactive') {
  const wish = { name: 'Quill Instruments', address: ['1 Street'], contacts: [CONTACT] };
  const made = expectStatus(await tenant.owner.post('/api/v1/customers', wish), 201, 'a customer');
  const path = `/api/v1/customers/${made.id}`;
  if (status === 'inactive')
    expectStatus(
      await tenant.owner.post(`${path}/deactivate`, { reason: 'Left.' }, { 'if-match': '"1"' }),
      200,
      'put away',
    );
  return { path, id: made.id as string, contact: made.contacts[0].id as string };
}

/** Runs a disposal as the worker would so many years from now. */
async function disposeAfter(years: number): Promise<void> {
  const now = (): Date => secondsAfter(platform.now(), years * YEAR_SECONDS);
  const caller = callerOf(tenant.tenant.id);
  const request = { name: DISPOSE_JOB, queue: 'jobs', subject: tenant.tenant.id, scope: 'retention' };
  const job = askForJob(caller, platform.newKey(), platform.now(), request);
  const scope = platform.records.for(caller).scope('retention');
  // No message asks for it, so the worker of the stack leaves it alone.
  await scope.commit({ action: 'test.asked', create: [job.create] });
  const tools = {
    platform: { ...platform, now },
    definitions: app.jobs,
    print: () => Promise.reject(new Error('no browser here')),
    worker: 'test',
    ended: () => undefined,
    messenger: { send: () => assert.fail('it does not pause') },
  };
  await runJob(tools, { tenantId: tenant.tenant.id, jobId: job.id }, { count: 0, most: 18 });
  const { data } = await scope.get(jobKind, job.id);
  assert.equal(data.state, 'succeeded', JSON.stringify(data.problem));
}

async function setRetention(retention: object): Promise<ReturnType<typeof verdict>> {
  const { headers } = await tenant.owner.get('/api/v1/tenant-settings');
  const headed = { 'if-match': headers['etag'] ?? '' };
  return verdict(await tenant.owner.patch('/api/v1/tenant-settings', { retention }, headed));
}

const statusOf = async (path: string): Promise<number> => (await tenant.owner.get(path)).status;

describe('what is past its retention', () => {
  test('is disposed of with what was personal in it, said in the audit, and the chain stays whole', async () => {
    const { path, id, contact } = await makeCustomer();
    const active = await makeCustomer('active');
    await disposeAfter(9);
    assert.equal(await statusOf(path), 200, 'ten years are usual');
    await disposeAfter(11);
    assert.equal(await statusOf(path), 404);
    assert.equal(await statusOf(active.path), 200, 'who is dealt with stays');
    const { keyring } = openTestProduct();
    const keys = await keyring.find(tenant.tenant.id, [contact, id, active.contact]);
    assert.deepEqual([keys.get(contact), keys.get(id)], [null, undefined]);
    assert.ok(keys.get(active.contact));
    const { body } = await tenant.owner.get(`/api/v1/audit?record=${id}`);
    assert.ok(
      body.items.some(
        ({ action, reason }: { action: string; reason: string }) =>
          action === 'platform.retention.disposed' && reason === 'kept for 3653 days',
      ),
      JSON.stringify(body.items),
    );
    const report = await platform.audit.verify(callerOf(tenant.tenant.id), async () => undefined);
    assert.deepEqual([report.intact, report.findings], [true, []]);
  });

  test('stays under a legal hold, and is kept as long as the tenant says within the bounds of its kind', async () => {
    const { path } = await makeCustomer();
    const kind = 'calibration.customer';
    assert.deepEqual(await setRetention({ hold: true, days: {} }), [200, undefined]);
    await disposeAfter(20);
    assert.equal(await statusOf(path), 200);
    for (const days of [{ [kind]: 10 }, { [kind]: 90_000 }, { 'platform.user': 700 }])
      assert.deepEqual(await setRetention({ hold: false, days }), [422, 'platform.retention_unfit']);
    assert.deepEqual(await setRetention({ hold: false, days: { [kind]: 400 } }), [200, undefined]);
    const { body } = await tenant.owner.get('/api/v1/retention-rules');
    assert.equal(body.hold, false);
    assert.equal(body.items.find((item: { kind: string }) => item.kind === kind).days, 400);
    await disposeAfter(1);
    assert.equal(await statusOf(path), 200);
    await disposeAfter(2);
    assert.equal(await statusOf(path), 404);
  });

  test('stays while something that is dealt with needs it', async () => {
    const { path, id } = await makeCustomer();
    const equipment = {
      ...{ customerId: id, description: 'Multimeter', maker: 'Fluke', model: '87V', serial: '1' },
      resolution: { value: 0.001, unit: 'V' },
      tolerance: { constant: 0, percentOfReading: 0.05, digits: 1, unit: 'V', source: 'data sheet' },
    };
    const kind = app.kinds.find(({ name }) => name === 'calibration.equipment') ?? assert.fail();
    const own = newRecordId(kind, platform.newKey());
    const create = [{ kind, id: own, data: { ...equipment, status: 'active' } }];
    const system = platform.records.for(callerOf(tenant.tenant.id));
    await system.scope(own).commit({ action: 'test.made', create });
    await disposeAfter(20);
    assert.equal(await statusOf(path), 200);
  });
});

describe('a disposal', () => {
  const kind = app.kinds.find(({ name }) => name === 'calibration.customer') ?? assert.fail();
  const cutoff = secondsAfter(platform.now(), 20 * YEAR_SECONDS).toISOString();
  const keysOf = async (...persons: readonly string[]) => {
    const keys = await openTestProduct().keyring.find(tenant.tenant.id, persons);
    return persons.map(person => keys.get(person));
  };

  test('leaves everybody their keys when the record was changed since it was looked at', async () => {
    const { path, id, contact } = await makeCustomer();
    const disposal = { platform, kinds: app.kinds, caller: callerOf(tenant.tenant.id) };
    const candidate = (await candidateOf(disposal, kind, id, cutoff)) ?? assert.fail('it may go');
    assert.ok(candidate.persons.includes(contact));
    const { headers } = await tenant.owner.get(path);
    const back = await tenant.owner.post(
      `${path}/reactivate`,
      { reason: 'Back.' },
      { 'if-match': headers['etag'] ?? '' },
    );
    assert.equal(back.status, 200, String(back.bytes));
    assert.equal(await dispose(disposal, kind, candidate, cutoff, 3653), false);
    assert.equal((await tenant.owner.get(path)).body.contacts[0].name, CONTACT.name);
    assert.ok((await keysOf(contact))[0]);
  });

  test('that was cut off when the record had gone takes the keys when it comes again', async () => {
    const { path, id, contact } = await makeCustomer();
    const disposal = { platform, kinds: app.kinds, caller: callerOf(tenant.tenant.id) };
    const candidate = (await candidateOf(disposal, kind, id, cutoff)) ?? assert.fail('it may go');
    const cut = new Error('killed');
    const privacy = { ...platform.privacy, forget: () => Promise.reject(cut) };
    const killed = { ...disposal, platform: { ...platform, privacy } };
    await assert.rejects(dispose(killed, kind, candidate, cutoff, 3653), cut);
    assert.equal(await statusOf(path), 404);
    assert.ok((await keysOf(contact))[0]);
    assert.equal(await dispose(disposal, kind, candidate, cutoff, 3653), true);
    assert.deepEqual(await keysOf(contact), [null]);
  });
});

describe('a disposal of a record with parts', () => {
  const kind = app.kinds.find(({ name }) => name === 'calibration.customer') ?? assert.fail();
  const cutoff = secondsAfter(platform.now(), 20 * YEAR_SECONDS).toISOString();
  /** More than go with one commit. */
  const PARTS = 45;

  async function candidateWithParts() {
    const { path, id } = await makeCustomer();
    const caller = callerOf(tenant.tenant.id);
    const scope = platform.records.for(caller).scope(id);
    const share = {
      ...{ record: id, to: { role: 'viewer' }, permissions: ['calibration.customer:read'], reason: 'Asked.' },
      ...{ expiresAt: new Date().toISOString(), maker: caller.user },
    };
    const create = Array.from({ length: PARTS }, () => ({
      ...{ kind: grantKind as RecordKind, id: newRecordId(grantKind, platform.newKey(), id), data: share },
    }));
    await scope.commit({ action: 'test.shared', create, events: [] });
    const disposal = { platform, kinds: app.kinds, caller };
    const candidate = (await candidateOf(disposal, kind, id, cutoff)) ?? assert.fail('it may go');
    const parts = () => scope.all(grantKind).then(({ length }) => length);
    const reactivate = async (): Promise<Answer> => {
      const { headers } = await tenant.owner.get(path);
      const version = { 'if-match': headers['etag'] ?? '"2"' };
      return tenant.owner.post(`${path}/reactivate`, { reason: 'Back.' }, version);
    };
    return { path, id, disposal, candidate, scope, parts, reactivate };
  }

  /** The same disposal, whose scopes are other ones. */
  function through(disposal: Disposal, other: (scope: Scope) => Partial<Scope>): Disposal {
    const records = {
      for: (...whose: Parameters<typeof platform.records.for>) => {
        const door = platform.records.for(...whose);
        const scopeOf = (...which: Parameters<typeof door.scopeOf>): Scope => {
          const scope = door.scopeOf(...which);
          return { ...scope, ...other(scope) };
        };
        return { ...door, scopeOf };
      },
    };
    return { ...disposal, platform: { ...platform, records } };
  }

  test('leaves it with all of them when it is changed before it is closed', async () => {
    const { path, disposal, candidate, parts, reactivate } = await candidateWithParts();
    const changing = through(disposal, scope => ({
      closed: async record => {
        assert.equal((await reactivate()).status, 200);
        return scope.closed(record);
      },
    }));
    assert.equal(await dispose(changing, kind, candidate, cutoff, 3653), false);
    assert.deepEqual([await statusOf(path), await parts()], [200, PARTS]);
  });

  test('lets nobody change it from then on until it is gone with all of them', async () => {
    const { path, disposal, candidate, parts, reactivate } = await candidateWithParts();
    const tried: ReturnType<typeof verdict>[] = [];
    const watching = through(disposal, scope => ({
      commit: async request => {
        tried.push(verdict(await reactivate()));
        return scope.commit(request);
      },
    }));
    assert.equal(await dispose(watching, kind, candidate, cutoff, 3653), true);
    assert.deepEqual(tried, Array(3).fill([409, 'platform.busy']), 'twice for the parts, once for itself');
    assert.deepEqual([await statusOf(path), await parts()], [404, 0]);
  });

  test('goes on wherever it was cut off', async () => {
    const cut = new Error('killed');
    let isOver = false;
    for (let at = 0; !isOver; at += 1) {
      const { path, id, disposal, candidate, scope, parts } = await candidateWithParts();
      let steps = 0;
      const step = <T>(work: Promise<T>): Promise<T> =>
        work.then(result => {
          if (steps === at) throw cut;
          steps += 1;
          return result;
        });
      const killed = through(disposal, ({ closed, commit, together }) => ({
        closed: record => step(closed(record)),
        together: kinds => step(together(kinds)),
        commit: request => step(commit(request)),
      }));
      await dispose(killed, kind, candidate, cutoff, 3653).then(
        () => {
          isOver = true;
        },
        error => assert.equal(error, cut),
      );
      assert.equal(await dispose(disposal, kind, candidate, cutoff, 3653), true, `cut off after ${at}`);
      assert.deepEqual([await statusOf(path), await parts()], [404, 0]);
      const root = (await scope.atRest(id)) ?? assert.fail('its end stays');
      assert.equal(root.deleted, true);
      assert.equal((await scope.verify(kind, id)).intact, true);
    }
  });

  test('takes what came into its scope while it was emptied', async () => {
    const { id, disposal, candidate, parts, scope } = await candidateWithParts();
    const late = newRecordId(grantKind, platform.newKey(), id);
    const [one] = await scope.all(grantKind);
    const adding = through(disposal, own => ({
      commit: async request => {
        const isRoot = request.remove?.some(record => record.id === id) === true;
        const create = [{ kind: grantKind as RecordKind, id: late, data: one?.data }];
        if (isRoot) await scope.commit({ action: 'test.late', create, events: [] });
        return own.commit(request);
      },
    }));
    assert.equal(await dispose(adding, kind, candidate, cutoff, 3653), true);
    assert.equal(await parts(), 0);
    assert.equal((await scope.atRest(late))?.deleted, true);
  });
});

describe('a legal hold', () => {
  const disposal = app.jobs.find(({ name }) => name === DISPOSE_JOB) ?? assert.fail();

  /** Runs the disposal of the tenant as in years to come; `kept` is done whenever it keeps its place. */
  async function disposing(kept: (place: unknown) => Promise<unknown>): Promise<void> {
    const caller = callerOf(tenant.tenant.id);
    const now = (): Date => secondsAfter(platform.now(), 20 * YEAR_SECONDS);
    const context = {
      ...{ caller, platform: { ...platform, now } },
      ...{ checkpoint: () => undefined, isTimeUp: () => false, progress: async () => undefined, keep: kept },
    };
    await disposal.run(context as unknown as JobContext); // all of it that a disposal asks for
  }

  before(async () => {
    tenant = await ownTenant();
  });

  test('that comes in the middle of a disposal keeps what has not gone yet, and what has is gone to its end', async () => {
    const [gone, standing] = [await makeCustomer(), await makeCustomer()];
    const kind = app.kinds.find(({ name }) => name === 'calibration.customer') ?? assert.fail();
    const scope = platform.records.for(callerOf(tenant.tenant.id)).scope(gone.id);
    let isFound = false;
    await disposing(async place => {
      if (isFound || !JSON.stringify(place).includes(gone.id)) return;
      isFound = true;
      assert.deepEqual(await setRetention({ hold: true, days: {} }), [200, undefined]);
      // As if it had been killed when the record of one was removed and its keys stood.
      await scope.commit({ action: 'test.removed', remove: [await scope.get(kind, gone.id)] });
    });
    assert.equal(await statusOf(standing.path), 200);
    const { keyring } = openTestProduct();
    const keys = await keyring.find(tenant.tenant.id, [gone.contact, standing.contact], undefined, true);
    assert.equal(keys.get(gone.contact), null);
    assert.ok(keys.get(standing.contact));
  });
});

describe('a service request that is past its retention', () => {
  test('goes with its observations, signatures, certificates and their files, and the chain stays whole', async () => {
    const slug = 'retention';
    const { settings, urls } = testStack();
    await provisionLaboratories(settings, slug);
    const laboratory = await openLaboratory(urls['api'] ?? '', slug);
    const srf = await laboratory.approvedSrf();
    const asked = await laboratory.askForCertificate(srf);
    const job = await laboratory.ended(asked.headers['location'] ?? '');
    assert.equal(job.state, 'succeeded', JSON.stringify(job.problem));
    const id = testTenant(slug).id;
    const caller = callerOf(id);
    const scope = platform.records.for(caller).scope(srf);
    const kindOf = (name: string) => app.kinds.find(kind => kind.name === name) ?? assert.fail(name);
    const [certificate] = await scope.all(kindOf('calibration.certificate'));
    assert.ok(certificate);
    assert.equal((await platform.artifacts.list(caller.tenant, undefined)).items.length, 1);

    // It is over as if it had been cancelled: what it went through to be closed is its workflow's matter.
    const record = await scope.get(kindOf('calibration.srf'), srf);
    const update = [{ record, data: { ...(record.data as object), state: 'cancelled' } }];
    await scope.commit({ action: 'test.over', update, events: [] });
    const cutoff = secondsAfter(platform.now(), YEAR_SECONDS).toISOString();
    const disposal = { platform, kinds: app.kinds, caller };
    const kind = kindOf('calibration.srf');
    const candidate = (await candidateOf(disposal, kind, srf, cutoff)) ?? assert.fail('it may go');
    assert.equal(await dispose(disposal, kind, candidate, cutoff, 365), true);
    for (const kind of app.kinds) assert.deepEqual(await scope.all(kind), [], kind.name);
    assert.equal((await platform.artifacts.list(caller.tenant, undefined)).items.length, 0);
    const report = await platform.audit.verify(caller, async () => undefined);
    assert.deepEqual([report.intact, report.findings], [true, []]);
  });
});

describe('the round that asks for disposals', () => {
  test('asks once a day in each tenant that has something old, and the worker does it', async () => {
    const own = await ownTenant();
    tenant = own;
    await makeCustomer();
    const store: Pick<Store, 'queryAcross'> = {
      queryAcross: async query => {
        const rows = await stores.records.queryAcross<{ readonly tenantId: string }>(query);
        // The tenants of other tests are theirs.
        return rows.filter(({ tenantId }) => tenantId === own.tenant.id) as never;
      },
    };
    const tools = { ...platform, store, kinds: app.kinds };
    assert.equal(await askForDisposals(tools), 0, 'nothing is old');
    const now = (): Date => secondsAfter(platform.now(), 2 * YEAR_SECONDS);
    // What was just written may not be seen yet.
    await until(
      () => askForDisposals({ ...tools, now }),
      count => count === 1,
      20_000,
      'it is asked for',
    );
    assert.equal(await askForDisposals({ ...tools, now }), 0, 'once a day');
    await until(
      () => own.owner.get(`/api/v1/jobs?name=${DISPOSE_JOB}`),
      ({ body }) => body?.items?.[0]?.state === 'succeeded',
      90_000,
      'the worker has done it',
    );
  });
});
