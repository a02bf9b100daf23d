import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languages } from '../../kernel/languages/index.ts';
import { branchFault } from '../../platform/access/index.ts';
import { accountFault } from '../../platform/accounts/index.ts';
import { endpointRouter, openApiDocument } from '../../platform/http/index.ts';
import { recordFault } from '../../platform/records/index.ts';
import { tenancyFault } from '../../platform/tenancy/index.ts';
import { calibrationModule } from './index.ts';

const { endpoints, faults, permissions, records, wordings } = calibrationModule;
const shared: readonly object[] = [recordFault.rows, accountFault.rows, branchFault.rows, tenancyFault.rows];

test('every example is a valid request, and every body has one', () => {
  for (const { id, body, example } of endpoints) {
    if (body === undefined) continue;
    const outcome = body.safeParse(example?.body);
    assert.ok(outcome.success, `${id}: ${outcome.error?.message}`);
  }
});

test('bodies refuse fields that they do not know', () => {
  for (const { id, body, example } of endpoints) {
    if (body === undefined) continue;
    const outcome = body.safeParse({ ...(example?.body as object), surprise: true });
    assert.equal(outcome.success, false, id);
  }
});

test('every permission that is asked for is declared, and only number and code are public', () => {
  for (const { id, access } of endpoints) {
    if (typeof access === 'object') assert.ok(access.permission in permissions, id);
    else assert.match(id, /^calibration\.certificate\.verify_/);
  }
});

test('every record can be read, and its history too, with one permission that is declared', () => {
  const ids = new Set(endpoints.map(endpoint => endpoint.id));
  for (const kind of records) {
    assert.ok(kind.readPermission in permissions, kind.name);
    for (const what of ['read', 'history', 'verify']) assert.ok(ids.has(`${kind.name}.${what}`), kind.name);
  }
});

test('changes of what others may change too name the version they are made to', () => {
  for (const endpoint of endpoints.filter(({ method }) => method === 'PATCH'))
    assert.equal(endpoint.ifMatch, true, endpoint.id);
});

test('every fault has a wording, and endpoints name only faults that exist', () => {
  for (const language of languages)
    assert.deepEqual(Object.keys(wordings[language]).sort(), Object.keys(faults).sort());
  for (const { id, faults: named = [] } of endpoints)
    for (const code of named)
      assert.ok(
        [faults, ...shared].some(rows => code in rows),
        `${id}: ${code}`,
      );
});

test('routes do not collide and can be described', () => {
  assert.doesNotThrow(() => endpointRouter(endpoints));
  assert.equal(new Set(endpoints.map(endpoint => endpoint.id)).size, endpoints.length);
  assert.doesNotThrow(() => JSON.stringify(openApiDocument(calibrationModule, '1')));
});
