import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import type { ChangeDocument } from '../../shared/platform/records/index.ts';
import { makeOneOfEverything } from '../isolation/make-one-of-everything.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { app } from '../isolation/table.ts';
import { schemaJudge } from '../misuse/published.ts';
import { openTestProduct } from '../product.ts';

const address = { url: 'http://127.0.0.1:9/hook' };

describe('the catalogue of events', () => {
  let own: OwnTenant;

  before(async () => {
    const [opened] = await openOwnTenants(1);
    assert.ok(opened !== undefined);
    own = opened;
  });

  const subscribe = (eventTypes: readonly string[]) =>
    own.owner.post('/api/v1/webhook-endpoints', { ...address, eventTypes });

  test('is told whole, with what each event says', async () => {
    const { status, body } = await own.owner.get('/api/v1/webhook-event-types');
    assert.equal(status, 200);
    const told = body.items.map(({ type }: { type: string }) => type);
    assert.deepEqual(told, Object.keys(app.events).toSorted());
  });

  test('decides what can be subscribed to; a filter that could never hear anything is pointed at', async () => {
    assert.equal((await subscribe(['*', 'calibration.srf.moved', 'platform.job.*'])).status, 201);
    const refused = await subscribe(['calibration.srf.moved', 'calibration.srf.mooved', 'retail.*']);
    assert.deepEqual([refused.status, refused.body.code], [422, 'platform.webhook_event_unknown']);
    const pointers = refused.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    assert.deepEqual(pointers, ['#/eventTypes/1', '#/eventTypes/2']);
  });

  test('holds for changes, too', async () => {
    const { body, headers } = await subscribe(['platform.job.*']);
    const path = `/api/v1/webhook-endpoints/${body.id}`;
    const ifMatch = { 'if-match': headers['etag'] ?? '' };
    const refused = await own.owner.patch(path, { eventTypes: ['platform.jobs.*'] }, ifMatch);
    assert.equal(refused.body.code, 'platform.webhook_event_unknown');
    assert.equal((await own.owner.patch(path, { eventTypes: ['platform.user.*'] }, ifMatch)).status, 200);
  });

  test('knows every event of a tenant that does everything, and its shape', async () => {
    await makeOneOfEverything(own);
    const { stores } = openTestProduct();
    const read = () =>
      stores.records.queryAcross<ChangeDocument>({
        text: "SELECT * FROM c WHERE c.tenantId = @tenant AND c.type = 'change'",
        parameters: { tenant: own.tenant.id },
      });
    const types = (changes: readonly ChangeDocument[]) =>
      new Set(changes.flatMap(({ events }) => events.map(({ type }) => type)));
    const changes = await until(
      read,
      found => types(found).has('calibration.certificate.issued'),
      60_000,
      'a certificate is issued',
    );
    assert.deepEqual(
      [...types(changes)].filter(type => app.events[type] === undefined),
      [],
    );
    const judge = schemaJudge();
    const { body } = await own.anonymous.get('/api/v1/openapi.json');
    for (const change of changes) {
      for (const { type, data } of change.events) {
        const records = change.touches.map(({ id, kind, version }) => ({ id, kind, version }));
        const sent = { type, timestamp: change.time, data: { ...data, changeId: change.id, records } };
        const { schema } = body.webhooks[type].post.requestBody.content['application/json'];
        const validate = judge(schema);
        assert.ok(validate(sent), `${type}: ${JSON.stringify(validate.errors)}`);
      }
    }
  });
});
