import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { erasePerson } from '../../shared/platform/data-subjects/erase-person.ts';
import { ExportPlace, exportName, exportOf } from '../../shared/platform/data-subjects/export-data.ts';
import { EXPORT_JOB, privacyJobs, privacyRequestKind } from '../../shared/platform/data-subjects/index.ts';
import type { JobContext } from '../../shared/platform/jobs/index.ts';
import { newRecordId, type RecordKind } from '../../shared/platform/records/index.ts';
import { ownTenant } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';

type Line = Readonly<Record<string, unknown>> & { readonly type: string };
const { platform, app } = openTestProduct();
const EARLIER = 'Quill Instruments';
const LATER = 'Quill & Sons';

let tenant: OwnTenant;
let customer: string;
let deleted: string;
let request: string;

async function ended(id: string): Promise<void> {
  const job = await until(
    () => tenant.owner.get(`/api/v1/jobs/${id}`),
    ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
    90_000,
    'the job has ended',
  );
  assert.equal(job.body.state, 'succeeded', JSON.stringify(job.body.problem));
}

/** A tenant with a record of two versions, a file, and an export that was asked for. */
before(async () => {
  tenant = await ownTenant();
  const wish = { name: EARLIER, address: ['1 Street'] };
  customer = expectStatus(await tenant.owner.post('/api/v1/customers', wish), 201, 'a customer').id;
  const path = `/api/v1/customers/${customer}`;
  expectStatus(await tenant.owner.patch(path, { name: LATER }, { 'if-match': '"1"' }), 200, 'a change');
  const other = { name: EARLIER, address: ['2 Street'] };
  deleted = expectStatus(await tenant.owner.post('/api/v1/customers', other), 201, 'another customer').id;
  const gone = `/api/v1/customers/${deleted}`;
  expectStatus(await tenant.owner.patch(gone, { name: LATER }, { 'if-match': '"1"' }), 200, 'a change');
  const match = { headers: { 'if-match': '"2"' } };
  expectStatus(await tenant.owner.call('DELETE', gone, match), 204, 'the deletion');
  await ended(expectStatus(await tenant.owner.post('/api/v1/audit/verifications', {}), 202, 'a file').id);
  const asked = { type: 'export', reason: 'We leave.' };
  const made = expectStatus(await tenant.owner.post('/api/v1/privacy-requests', asked), 201, 'an export');
  request = made.id;
  await ended(made.jobId);
});

async function linesAt(link: string): Promise<readonly Line[]> {
  const bytes = Buffer.from(await (await fetch(link)).arrayBuffer());
  return gunzipSync(bytes)
    .toString('utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
}

/** A run of the job that exports, as a worker makes it; `step` is called before each part. */
async function run(subject: string, kept: { place: unknown }, step: () => Promise<void>) {
  const definition = privacyJobs(() => app.kinds).find(({ name }) => name === EXPORT_JOB) ?? assert.fail();
  const caller = callerOf(tenant.tenant.id);
  const context = {
    ...{ platform, caller, job: { data: { subject } }, attempt: 1, isTimeUp: () => false },
    scope: platform.records.for(caller).scope('privacy'),
    progress: step,
    checkpoint: () => kept.place,
    keep: async (place: unknown) => {
      kept.place = place;
    },
  };
  return definition.run(context as unknown as JobContext);
}

describe('the export of a tenant', () => {
  test('holds every record with its past versions, those of deleted records too, what happened, and every file', async () => {
    const { headers } = await tenant.owner.get(`/api/v1/privacy-requests/${request}/file`);
    const lines = await linesAt(headers['location'] ?? '');
    assert.deepEqual([lines[0]?.type, lines.at(-1)?.type], ['export', 'end']);
    assert.equal(lines.at(-1)?.['lines'], lines.length - 2);
    const named = lines
      .filter(({ id }) => id === customer)
      .map(({ type, version, data }) => [type, version, (data as { name: string }).name]);
    assert.deepEqual(named, [
      ['record', 2, LATER],
      ['version', 1, EARLIER],
    ]);
    const past = lines
      .filter(({ id }) => id === deleted)
      .map(({ type, version, data, ...more }) => [type, version, more['deleted'], data]);
    assert.deepEqual(past[0], ['record', 3, true, null]);
    const names = past
      .slice(1)
      .map(([type, version, , data]) => [type, version, (data as { name: string }).name]);
    assert.deepEqual(names, [
      ['version', 1, EARLIER],
      ['version', 2, LATER],
    ]);
    assert.ok(
      lines.some(({ type, action }) => type === 'change' && action === 'calibration.customer.changed'),
    );
    const files = lines.filter(({ type }) => type === 'file');
    const reports = files.map(({ content }) => JSON.parse(Buffer.from(String(content), 'base64').toString()));
    assert.deepEqual(
      reports.map(({ tenant: whose, intact }) => [whose, intact]),
      [[tenant.tenant.id, true]],
    );
  });

  test('is the same when it is cut off after every part, and every part is made twice', async () => {
    const caller = callerOf(tenant.tenant.id);
    const scope = platform.records.for(caller).scope('privacy');
    const saved = await scope.get(privacyRequestKind, request);
    const { exports } = platform;
    const name = exportName(caller.tenant, request);
    const link = async (): Promise<string> => {
      const now = new Date();
      const until = new Date(now.getTime() + 600_000);
      return (await exports.link(name, 'export', now, until)) ?? assert.fail('it is not there');
    };
    const begin = (lines?: number) =>
      exportOf(platform, app.kinds, caller, saved, async () => undefined, lines);
    let whole = begin().begin();
    for (let done = false; !done; ) ({ at: whole, done } = await begin().piece(whole));
    const expected = await linesAt(await link());

    let at: ExportPlace = whole;
    at = { ...at, section: 0, cursor: null, parts: 0, lines: 0 };
    for (let done = false; !done; ) {
      await begin(1).piece(at);
      const next = await begin(1).piece(at);
      at = ExportPlace.parse(JSON.parse(JSON.stringify(next.at)));
      done = next.done;
    }
    assert.ok(at.parts > 5);
    assert.deepEqual(await linesAt(await link()), expected);
    const { lines, bytes } = await begin(1).file(at);
    assert.equal(lines, expected.length - 2);
    assert.ok(bytes > 0);
  });

  test('begins anew when somebody is erased while it is made', async () => {
    const contacts = [{ name: 'Ottoline Marchbanks' }];
    const wish = { name: 'Marchbanks', address: ['1 Street'], contacts };
    const made = expectStatus(await tenant.owner.post('/api/v1/customers', wish), 201, 'a customer');
    const caller = callerOf(tenant.tenant.id);
    const scope = platform.records.for(caller).scope('privacy');
    const saved = await scope.get(privacyRequestKind, request);
    const id = newRecordId(privacyRequestKind as RecordKind, platform.newKey());
    const data = { ...saved.data, state: 'asked', file: null };
    await scope.commit({
      action: 'test.asked',
      create: [{ kind: privacyRequestKind as RecordKind, id, data }],
      events: [],
    });
    const kept = { place: undefined as unknown };
    let steps = 0;
    const erase = async (): Promise<void> => {
      steps += 1;
      if (steps === 1) await erasePerson({ platform, kinds: app.kinds, caller }, made.contacts[0].id);
    };
    await assert.rejects(run(id, kept, erase), { code: 'platform.busy' });
    const name = exportName(caller.tenant, id);
    const link = () => platform.exports.link(name, 'export', new Date(), new Date(Date.now() + 600_000));
    assert.equal(await link(), undefined);
    const ending = await run(id, kept, erase);
    if ('resumeAt' in ending) assert.fail('it was not done');
    await scope.commit({ action: ending.action, update: [...(ending.update ?? [])], events: [] });
    const { data: after } = await scope.get(privacyRequestKind, id);
    assert.deepEqual([after.state, typeof after.overtakenAt], ['completed', 'string']);
    assert.ok((after.file?.expiresAt ?? '') > (after.overtakenAt ?? ''));
    const text = JSON.stringify(await linesAt((await link()) ?? ''));
    assert.deepEqual([text.includes('Ottoline'), text.includes('Marchbanks')], [false, true]);
  });
});
