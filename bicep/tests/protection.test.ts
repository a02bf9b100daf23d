import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Resource } from '../evaluate/resource.ts';
import {
  ENVIRONMENTS,
  type EnvironmentName,
  type Json,
  ofType,
  productionWith,
  propertiesOf,
} from './deployed.ts';

const ACCOUNT = 'Microsoft.Storage/storageAccounts';
const partsOf = (environment: EnvironmentName, type: string, account: string): readonly Resource[] =>
  ofType(environment, type).filter(({ fullName }) => fullName.startsWith(account));

/** What becomes of blobs and of their versions after some days, by account. */
const KEPT = {
  tsexchange: { versioning: false, rules: [['baseBlob', 7]] },
  tsvault: { versioning: true, rules: [['version', 90]] },
  tsbackup: { versioning: true, rules: [['version', 400]] },
} as const;

for (const environment of ENVIRONMENTS) {
  describe(`nothing is lost by a mistake in ${environment}:`, () => {
    test('blobs and containers come back for 14 days after they were deleted', () => {
      const services = ofType(environment, `${ACCOUNT}/blobServices`);
      assert.equal(services.length, ofType(environment, ACCOUNT).length);
      for (const one of services) {
        const { deleteRetentionPolicy, containerDeleteRetentionPolicy } = propertiesOf(one);
        assert.deepEqual(deleteRetentionPolicy, { enabled: true, days: 14 }, one.fullName);
        assert.deepEqual(containerDeleteRetentionPolicy, { enabled: true, days: 14 }, one.fullName);
      }
    });

    for (const [account, { versioning, rules }] of Object.entries(KEPT))
      test(`${account} keeps what it has to keep`, () => {
        const [service] = partsOf(environment, `${ACCOUNT}/blobServices`, account);
        assert.equal(propertiesOf(service ?? assert.fail()).isVersioningEnabled, versioning);
        const policies = partsOf(environment, `${ACCOUNT}/managementPolicies`, account);
        const made = policies.flatMap(one =>
          propertiesOf(one).policy.rules.flatMap(({ definition }: Json) =>
            Object.entries<Json>(definition.actions).map(([what, action]) => [
              what,
              action.delete.daysAfterCreationGreaterThan,
            ]),
          ),
        );
        assert.deepEqual(made, rules);
      });

    test('the key of tenants has no end, and the others are renewed before theirs', () => {
      const keys = ofType(environment, 'Microsoft.KeyVault/vaults/keys');
      const names = keys.map(({ fullName }) => fullName.split('/').at(-1)).sort();
      assert.deepEqual(names, ['tenant-keys', 'token-signing']);
      for (const key of keys) {
        const { rotationPolicy, attributes } = propertiesOf(key);
        const isOfTenants = key.fullName.endsWith('/tenant-keys');
        assert.equal(attributes, undefined);
        assert.equal(rotationPolicy.attributes?.expiryTime, isOfTenants ? undefined : 'P2Y');
        assert.deepEqual(
          rotationPolicy.lifetimeActions.find((one: Json) => one.action.type === 'rotate').trigger,
          { timeAfterCreate: 'P1Y' },
        );
      }
    });

    test('vaults bring back what was deleted, and logs stay for 90 days', () => {
      for (const vault of ofType(environment, 'Microsoft.KeyVault/vaults')) {
        const { enableSoftDelete, softDeleteRetentionInDays } = propertiesOf(vault);
        assert.deepEqual(
          [enableSoftDelete, softDeleteRetentionInDays],
          [true, environment === 'prod' ? 90 : 7],
        );
      }
      for (const type of ['Microsoft.OperationalInsights/workspaces', 'Microsoft.Insights/components'])
        for (const one of ofType(environment, type)) {
          const { retentionInDays, RetentionInDays } = propertiesOf(one);
          assert.equal(retentionInDays ?? RetentionInDays, 90, one.fullName);
        }
    });
  });

  test(`${environment} counts each caller by the ceilings of the code`, () => {
    for (const site of ofType(environment, 'Microsoft.Web/sites')) {
      const { appSettings } = propertiesOf(site).siteConfig;
      const factor = appSettings.find(({ name }: Json) => name === 'RATE_LIMIT_FACTOR');
      assert.equal(factor?.value, /-(api|canary)-/.test(site.fullName) ? '1' : undefined, site.fullName);
    }
  });

  test(`policies of ${environment} refuse, and do not only tell`, () => {
    const groups = ofType(environment, 'Microsoft.Resources/resourceGroups').length;
    const policies = ofType(environment, 'Microsoft.Authorization/policyAssignments').filter(
      ({ fullName }) => !fullName.startsWith('tag-'),
    );
    const closed = ['storage-closed', 'database-closed', 'vault-closed'];
    const wanted = [
      ...[
        'allowed-locations',
        'storage-https',
        'storage-no-keys',
        'storage-no-anonymous',
        'database-no-keys',
      ],
      ...(environment === 'dev' ? [] : closed),
    ];
    const names = policies.map(({ fullName }) => fullName).sort();
    assert.deepEqual(names, wanted.flatMap(name => Array.from({ length: groups }, () => name)).sort());
    for (const one of policies) {
      const { parameters, enforcementMode, notScopes } = propertiesOf(one);
      assert.equal(enforcementMode, undefined, one.fullName);
      if (one.fullName !== 'allowed-locations') assert.equal(parameters.effect.value, 'Deny', one.fullName);
      const exchange = ofType(environment, ACCOUNT).find(({ fullName }) => fullName.startsWith('tsexchange'));
      for (const scope of notScopes ?? []) assert.equal(scope, exchange?.id);
    }
  });
}

test('a region that is named twice is refused in words', () => {
  assert.throws(
    () => productionWith({ location: 'northeurope' }),
    /AZURE_LOCATION \(northeurope\) must differ/,
  );
  assert.throws(() => productionWith({ backupLocation: 'westeurope' }), /must differ from backupLocation/);
});

test('the budgets of all groups together are the amount', () => {
  for (const instead of [{}, { secondLocation: '' }]) {
    const budgets = productionWith(instead)('Microsoft.Consumption/budgets').map(
      one => propertiesOf(one).amount,
    );
    assert.equal(
      budgets.reduce((sum, amount) => sum + amount, 0),
      6000,
    );
    for (const amount of budgets) assert.ok(amount > 0);
  }
});
