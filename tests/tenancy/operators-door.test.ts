import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fullPath } from '../../shared/platform/http/index.ts';
import { PLATFORM_SLUG } from '../../shared/platform/tenancy/index.ts';
import { app, pathWith } from '../isolation/table.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

const door = app.endpoints.filter(({ access }) => access === 'operator');

describe("the operators' door", () => {
  let operators: Operators;
  let tenant: { readonly id: string; readonly slug: string };

  before(async () => {
    operators = await openOperators();
    const slug = `d${operators.product.platform.newKey().slice(-16)}`;
    const { id } = await operators.order(orderOf(slug, await operators.plan()));
    tenant = { id, slug };
  });

  for (const endpoint of door) {
    const call = async (slug: string, token: string | undefined) => {
      const client = operators.at(slug);
      const by = token === undefined ? client : client.as(token);
      return by.call(endpoint.method, pathWith(endpoint, tenant.id), { headers: { 'if-match': '"1"' } });
    };

    test(`${endpoint.id} is not there on a tenant's host, whoever asks`, async () => {
      const owner = await operators.token(tenant.id, ['tenant-owner', 'administrator']);
      const operator = await operators.token('ten_platform', ['operator']);
      for (const token of [undefined, owner, operator]) {
        const { status, body } = await call(tenant.slug, token);
        assert.equal(status, 404);
        assert.equal(body.code, 'platform.route_unknown');
      }
    });

    test(`${endpoint.id} is closed to strangers and to people of tenants`, async () => {
      assert.equal((await call(PLATFORM_SLUG, undefined)).status, 401);
      const owner = await operators.token(tenant.id, ['tenant-owner', 'operator']);
      const foreign = await call(PLATFORM_SLUG, owner);
      assert.equal(foreign.status, 403);
      assert.equal(foreign.body.code, 'platform.tenant_mismatch');
      const nobody = await operators.token('ten_platform', ['viewer']);
      assert.equal((await call(PLATFORM_SLUG, nobody)).body.code, 'platform.permission_missing');
    });

    test(`${endpoint.id} shows auditors what it shows, and lets them change nothing`, async () => {
      const answer = await operators.auditor.call(endpoint.method, pathWith(endpoint, tenant.id), {
        headers: { 'if-match': '"1"' },
      });
      if (endpoint.method === 'GET') assert.notEqual(answer.status, 403, fullPath(endpoint));
      else assert.equal(answer.body.code, 'platform.permission_missing');
    });
  }

  test('tells who did what to a tenant, and why', async () => {
    const path = `/api/v1/tenants/${tenant.id}`;
    const account = await operators.operator.get(path);
    const headers = { 'if-match': account.headers['etag'] ?? '' };
    const answer = await operators.operator.post(`${path}/suspend`, { reason: 'Unpaid since May.' }, headers);
    assert.equal(answer.status, 200);
    const { body } = await operators.auditor.get(`${path}/history?order=newest`);
    const entry = body.items.find((item: { action: string }) => item.action === 'platform.tenant.suspended');
    assert.equal(entry.reason, 'Unpaid since May.');
    assert.equal(entry.by.name, 'A tester');
    assert.equal((await operators.auditor.get(`${path}/verify`)).body.intact, true);
    assert.doesNotMatch(JSON.stringify(body), /First Owner|owner@/);
  });
});
