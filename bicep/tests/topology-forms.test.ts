import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import topology from '../../shared/topology.json' with { type: 'json' };
import { deploy } from '../evaluate/deploy.ts';
import { type Json, propertiesOf } from './deployed.ts';

const queue = { maxDeliveryCount: 3, lockSeconds: 60, requiresSession: true };
/** What topology.json may say and does not today. */
const further = {
  container: {
    name: 'further',
    partitionKey: ['/tenantId', '/scope', '/period'],
    defaultTtlSeconds: 60,
    uniqueKeys: [['/a', '/b']],
    indexing: { included: ['/*'], excluded: [], composite: [['/a', { path: '/b', order: 'descending' }]] },
  },
  queue: {
    ...queue,
    key: 'further',
    name: 'further',
    defaultTtlSeconds: 30,
    deadLetterOnExpiry: true,
    forwardDeadLettersTo: 'jobs',
  },
  subscriptions: [
    { ...queue, key: 'sql', name: 'sql', filter: "action LIKE 'calibration.%'" },
    {
      ...queue,
      key: 'correlated',
      name: 'correlated',
      filter: { subject: 's', applicationProperties: { tenantId: 't' } },
    },
  ],
};

const folder = mkdtempSync(join(tmpdir(), 'touchstone-topology-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function deployFurther(): ReturnType<typeof deploy> {
  const templates = join(import.meta.dirname, '..');
  cpSync(templates, join(folder, 'bicep'), {
    recursive: true,
    filter: path => !['tests', 'evaluate'].includes(basename(path)),
  });
  mkdirSync(join(folder, 'shared'));
  const whole = structuredClone(topology) as Json;
  whole.cosmos.containers.push(further.container);
  whole.serviceBus.queues.push(further.queue);
  whole.serviceBus.topics[0].subscriptions.push(...further.subscriptions);
  writeFileSync(join(folder, 'shared', 'topology.json'), JSON.stringify(whole));
  return deploy(join(folder, 'bicep', 'dev.bicepparam'));
}

test('whatever topology.json may say reaches Azure as it reaches the local stack', () => {
  const { resources } = deployFurther();
  const find = (end: string): Json =>
    propertiesOf(resources.find(({ id }) => id.endsWith(end)) ?? assert.fail(end));

  const { resource } = find('/containers/further');
  assert.deepEqual(resource.uniqueKeyPolicy, { uniqueKeys: [{ paths: ['/a', '/b'] }] });
  const order = [
    { path: '/a', order: 'ascending' },
    { path: '/b', order: 'descending' },
  ];
  assert.deepEqual(resource.indexingPolicy.compositeIndexes, [order]);
  assert.equal(resource.defaultTtl, 60);

  const made = find('/queues/further');
  assert.deepEqual(
    [
      made.requiresSession,
      made.requiresDuplicateDetection,
      made.defaultMessageTimeToLive,
      made.deadLetteringOnMessageExpiration,
    ],
    [true, false, 'PT30S', true],
  );
  assert.equal(made.duplicateDetectionHistoryTimeWindow, null);
  assert.equal(made.forwardDeadLetteredMessagesTo, 'jobs');

  const sql = find('/subscriptions/sql/rules/$Default');
  assert.deepEqual(sql, {
    filterType: 'SqlFilter',
    sqlFilter: { sqlExpression: "action LIKE 'calibration.%'" },
  });
  const { filterType, correlationFilter } = find('/subscriptions/correlated/rules/$Default');
  assert.equal(filterType, 'CorrelationFilter');
  assert.deepEqual([correlationFilter.label, correlationFilter.properties], ['s', { tenantId: 't' }]);
});
