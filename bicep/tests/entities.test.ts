import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import topology from '../../shared/topology.json' with { type: 'json' };
import { ENVIRONMENTS, ofType, propertiesOf } from './deployed.ts';

const named = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name).sort();

for (const environment of ENVIRONMENTS) {
  describe(`${environment} has every entity of topology.json and no other:`, () => {
    test('containers with their keys, times to live and indexes', () => {
      const made = ofType(environment, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers');
      assert.deepEqual(
        made.map(({ fullName }) => fullName.split('/').slice(1).join('/')).sort(),
        named(topology.cosmos.containers).map(name => `${topology.cosmos.database}/${name}`),
      );
      for (const wanted of topology.cosmos.containers) {
        const { resource } = propertiesOf(
          made.find(one => one.fullName.endsWith(`/${wanted.name}`)) ?? assert.fail(),
        );
        assert.deepEqual(resource.partitionKey, {
          paths: wanted.partitionKey,
          kind: wanted.partitionKey.length > 1 ? 'MultiHash' : 'Hash',
          version: 2,
        });
        assert.equal(resource.defaultTtl, wanted.defaultTtlSeconds);
        assert.deepEqual(
          resource.indexingPolicy.includedPaths,
          wanted.indexing.included.map(path => ({ path })),
        );
        assert.deepEqual(
          resource.indexingPolicy.excludedPaths,
          wanted.indexing.excluded.map(path => ({ path })),
        );
        assert.equal(resource.indexingPolicy.compositeIndexes.length, wanted.indexing.composite.length);
      }
    });

    test('queues with locks, deliveries, sessions and duplicate detection', () => {
      const made = ofType(environment, 'Microsoft.ServiceBus/namespaces/queues');
      assert.deepEqual(
        made.map(({ fullName }) => fullName.split('/')[1]).sort(),
        named(topology.serviceBus.queues),
      );
      for (const wanted of topology.serviceBus.queues) {
        const queue = propertiesOf(
          made.find(one => one.fullName.endsWith(`/${wanted.name}`)) ?? assert.fail(),
        );
        assert.equal(queue.maxDeliveryCount, wanted.maxDeliveryCount);
        assert.equal(queue.lockDuration, `PT${wanted.lockSeconds}S`);
        assert.equal(queue.requiresSession, wanted.requiresSession);
        assert.equal(queue.requiresDuplicateDetection, true);
        assert.equal(queue.duplicateDetectionHistoryTimeWindow, `PT${wanted.duplicateDetectionSeconds}S`);
      }
    });

    test('topics, subscriptions and their rules', () => {
      const subscriptions = ofType(environment, 'Microsoft.ServiceBus/namespaces/topics/subscriptions');
      const rules = ofType(environment, 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules');
      const wanted = topology.serviceBus.topics.flatMap(topic =>
        topic.subscriptions.map(subscription => ({
          topic,
          subscription,
          path: `${topic.name}/${subscription.name}`,
        })),
      );
      const paths = subscriptions.map(({ fullName }) => fullName.split('/').slice(1).join('/'));
      assert.deepEqual(paths.sort(), wanted.map(({ path }) => path).sort());
      for (const { topic, subscription, path } of wanted) {
        const properties = propertiesOf(
          subscriptions.find(one => one.fullName.endsWith(`/${path}`)) ?? assert.fail(),
        );
        assert.equal(properties.maxDeliveryCount, subscription.maxDeliveryCount);
        assert.equal(properties.lockDuration, `PT${subscription.lockSeconds}S`);
        assert.equal(properties.requiresSession, subscription.requiresSession);
        const rule = propertiesOf(
          rules.find(one => one.fullName.endsWith(`/${path}/$Default`)) ?? assert.fail(),
        );
        assert.equal(rule.sqlFilter.sqlExpression, subscription.filter ?? '1=1');
        const declared = ofType(environment, 'Microsoft.ServiceBus/namespaces/topics').find(one =>
          one.fullName.endsWith(`/${topic.name}`),
        );
        assert.equal(
          propertiesOf(declared ?? assert.fail()).duplicateDetectionHistoryTimeWindow,
          `PT${topic.duplicateDetectionSeconds}S`,
        );
      }
    });

    test('blob containers, immutable where the file says so, and only where nobody tears the environment down', () => {
      const containers = ofType(environment, 'Microsoft.Storage/storageAccounts/blobServices/containers');
      const policies = ofType(
        environment,
        'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies',
      );
      for (const [account, wanted] of Object.entries(topology.storage)) {
        const isOwn = ({ fullName }: { readonly fullName: string }): boolean =>
          fullName.startsWith(`ts${account}`);
        assert.deepEqual(
          containers
            .filter(isOwn)
            .map(({ fullName }) => fullName.split('/')[2])
            .sort(),
          [...wanted.containers].sort(),
        );
        const days = Object.fromEntries(
          policies
            .filter(isOwn)
            .map(one => [
              one.fullName.split('/')[2],
              propertiesOf(one).immutabilityPeriodSinceCreationInDays,
            ]),
        );
        assert.deepEqual(
          days,
          environment === 'prod' && 'immutableDays' in wanted ? wanted.immutableDays : {},
        );
      }
    });
  });
}
