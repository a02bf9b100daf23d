import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AppName, appSettings, readSettings } from '../../functions/settings.ts';
import {
  ENVIRONMENTS,
  type EnvironmentName,
  type Json,
  ofType,
  productionWith,
  propertiesOf,
} from './deployed.ts';

/** What the Functions host reads: its storage, telemetry, and the identity that its triggers connect with. */
const hostReads = [
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];
const triggersRead = ['SERVICE_BUS__credential', 'SERVICE_BUS__clientId'];

/** What code can do without, but not in Azure. */
const neededInAzure = [
  'SERVICE_BUS__fullyQualifiedNamespace',
  'AZURE_CLIENT_ID',
  'FRONT_DOOR_ID',
  'RATE_LIMIT_FACTOR',
  'RELAY_INTERVAL_SECONDS',
];

function settingsOf(environment: EnvironmentName, app: string): Readonly<Record<string, string>> {
  const site = ofType(environment, 'Microsoft.Web/sites').find(({ fullName }) =>
    fullName.includes(`-${app}-`),
  );
  assert(site !== undefined, `${environment} has no ${app}`);
  const list: readonly Json[] = propertiesOf(site).siteConfig.appSettings;
  assert.equal(new Set(list.map(({ name }) => name)).size, list.length, 'no setting stands twice');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** Addresses are known after the deployment only; here any will do. */
function valueLater(value: string): string {
  return value.startsWith('<') ? 'https://known-later.example' : value;
}

for (const environment of ENVIRONMENTS) {
  describe(`in ${environment}`, () => {
    for (const app of ['api', 'worker', 'render'] as const satisfies readonly AppName[]) {
      test(`${app} is told what its code and its host need, and nothing that they do not read`, () => {
        const { shape } = appSettings[app];
        const host = app === 'api' ? hostReads : [...hostReads, ...triggersRead];
        const needed = Object.entries(shape)
          .filter(([name, schema]) => neededInAzure.includes(name) || !schema.safeParse(undefined).success)
          .map(([name]) => name);
        const told = Object.keys(settingsOf(environment, app));
        assert.deepEqual(
          [...host, ...needed].filter(name => !told.includes(name)),
          [],
        );
        assert.deepEqual(
          told.filter(name => !(name in shape) && !host.includes(name)),
          [],
        );
      });

      test(`${app} starts with what it is told`, () => {
        const told = Object.entries(settingsOf(environment, app)).map(([name, value]) => [
          name,
          valueLater(value),
        ]);
        const settings = readSettings(app, Object.fromEntries(told));
        assert.match(settings.TOUCHSTONE_PUBLIC_URL, /^https:\/\/\{slug\}\./);
      });
    }
  });
}

test('the canary is told what api is told', () => {
  const own = /^AzureWebJobsStorage__accountName$/;
  const told = (app: string) =>
    Object.fromEntries(Object.entries(settingsOf('prod', app)).filter(([name]) => !own.test(name)));
  assert.deepEqual(told('canary'), told('api'));
});

test('worker mails by the provider that it is told of, and reads the password from Key Vault', () => {
  const mail = { host: 'smtp.example', port: 587, user: 'touchstone', from: 'no-reply@touchstone.example' };
  const told = (instead: object) => {
    const site = productionWith({ mail: { ...mail, ...instead } })('Microsoft.Web/sites').find(one =>
      one.fullName.includes('-worker-'),
    );
    const { siteConfig, keyVaultReferenceIdentity } = propertiesOf(site ?? assert.fail());
    assert.match(keyVaultReferenceIdentity, /-worker$/);
    return Object.fromEntries(
      siteConfig.appSettings
        .filter(({ name }: Json) => name.startsWith('SMTP_'))
        .map(({ name, value }: Json) => [name, value]),
    );
  };
  const { SMTP_PASSWORD: password, ...open } = told({});
  assert.deepEqual(open, {
    SMTP_HOST: 'smtp.example',
    SMTP_PORT: '587',
    SMTP_USER: 'touchstone',
    SMTP_FROM: 'no-reply@touchstone.example',
  });
  assert.match(password, /^@Microsoft\.KeyVault\(SecretUri=<[^>]+\/kv-tsops-[^>]+>secrets\/smtp-password\)$/);
  assert.deepEqual(Object.keys(told({ user: '' })), ['SMTP_HOST', 'SMTP_PORT', 'SMTP_FROM'].sort());
  assert.deepEqual(told({ host: '' }), {});
});

test('no setting holds a key or a secret', () => {
  for (const environment of ENVIRONMENTS) {
    for (const site of ofType(environment, 'Microsoft.Web/sites')) {
      const text = JSON.stringify(site.content);
      assert.doesNotMatch(
        text,
        /AccountKey|SharedAccessKey|InstrumentationKey=|listKeys|@Microsoft\.KeyVault/i,
      );
    }
  }
});

test('api believes the Front Door profiles of its own environment and no others', () => {
  const ids = ofType('prod', 'Microsoft.Cdn/profiles').map(({ id }) => `<${id}.properties.frontDoorId>`);
  assert.equal(settingsOf('prod', 'api')['FRONT_DOOR_ID'], ids.join(','));
  assert.equal(settingsOf('dev', 'api')['FRONT_DOOR_ID'], '');
});
