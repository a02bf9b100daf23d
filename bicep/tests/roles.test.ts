import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import topology from '../../shared/topology.json' with { type: 'json' };
import { deploy } from '../evaluate/deploy.ts';
import { SUBSCRIPTION } from '../evaluate/scope.ts';
import roles from '../roles.json' with { type: 'json' };
import { appTable } from '../roles-page.ts';
import { deployed, ENVIRONMENTS, type EnvironmentName, ofType, propertiesOf } from './deployed.ts';

const root = join(import.meta.dirname, '..', '..');
const APPS = ['api', 'worker', 'render'];
const rows = Object.values(roles.assignments).flat();

/** Every assignment of Azure's and of the database's own roles, in words that can be compared. */
function assignmentsOf(environment: EnvironmentName) {
  const azure = ofType(environment, 'Microsoft.Authorization/roleAssignments').map(one => {
    const { principalId, roleDefinitionId, description } = propertiesOf(one);
    const scope = one.id.split('/providers/Microsoft.Authorization/')[0] ?? '';
    return { who: appOf(principalId), scope, role: roleName(environment, roleDefinitionId), description };
  });
  const database = ofType(environment, 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments').map(
    one => {
      const { principalId, roleDefinitionId, scope } = propertiesOf(one);
      const role = ofType(environment, 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions').find(
        ({ id }) => id === roleDefinitionId,
      );
      assert(role !== undefined, `${roleDefinitionId} is defined`);
      return { who: appOf(principalId), scope, role: propertiesOf(role).roleName, description: undefined };
    },
  );
  return [...azure, ...database];
}

function appOf(principalId: string): string {
  return APPS.find(app => principalId.includes(`-${app}.`)) ?? principalId;
}

function roleName(environment: EnvironmentName, id: string): string {
  const guid = id.split('/').at(-1);
  const builtIn = Object.values(roles.builtIn).find(role => role.id === guid);
  if (builtIn !== undefined) return builtIn.name;
  const own = ofType(environment, 'Microsoft.Authorization/roleDefinitions').find(({ id: made }) =>
    made.endsWith(`/${guid}`),
  );
  assert(own !== undefined, `${id} is a role of Azure or one of ours`);
  return /^Touchstone (.+) \(/.exec(propertiesOf(own).roleName)?.[1] ?? assert.fail();
}

/** What a row of roles.json comes to in Azure. */
function wantedOf(environment: EnvironmentName): readonly string[] {
  const nameOfRole = (role: string): string =>
    ({ ...roles.builtIn, ...roles.custom })[role as keyof typeof roles.builtIn]?.name ?? assert.fail(role);
  const { assignments } = roles;
  const queue = (key: string): string =>
    topology.serviceBus.queues.find(one => one.key === key)?.name ?? assert.fail(key);
  const topic = (key: string) => topology.serviceBus.topics.find(one => one.key === key) ?? assert.fail(key);
  const regions = environment === 'prod' ? 2 : 1;
  const canaries = environment === 'dev' ? 0 : 1;
  return [
    ...assignments.database.map(
      row => `${row.app} ${roles.database[row.role as 'reader'].name} /colls/${row.container}`,
    ),
    ...assignments.queues.map(row => `${row.app} ${nameOfRole(row.role)} /queues/${queue(row.queue)}`),
    ...assignments.topics.map(row => `${row.app} ${nameOfRole(row.role)} /topics/${topic(row.topic).name}`),
    ...assignments.subscriptions.map(row => {
      const { name, subscriptions } = topic(row.topic);
      const own = subscriptions.find(({ key }) => key === row.subscription) ?? assert.fail();
      return `${row.app} ${nameOfRole(row.role)} /topics/${name}/subscriptions/${own.name}`;
    }),
    ...assignments.namespace.map(row => `${row.app} ${nameOfRole(row.role)} /namespaces/*`),
    ...assignments.blobs.map(row => `${row.app} ${nameOfRole(row.role)} /containers/${row.container}`),
    ...assignments.accounts.map(
      row => `${row.app} ${nameOfRole(row.role)} /storageAccounts/ts${row.account}*`,
    ),
    ...assignments.keys.map(row => `${row.app} ${nameOfRole(row.role)} /keys/${row.key}`),
    ...assignments.secrets.map(row => `${row.app} ${nameOfRole(row.role)} /vaults/*`),
    ...assignments.telemetry.map(row => `${row.app} ${nameOfRole(row.role)} /components/*`),
    ...assignments.host.flatMap(row => {
      const times = row.storage === 'canary' ? canaries : regions;
      return Array.from(
        { length: times },
        () => `${row.app} ${nameOfRole(row.role)} /storageAccounts/ts${row.storage}*`,
      );
    }),
  ].sort();
}

function inWords({
  who,
  role,
  scope,
}: {
  readonly who: string;
  readonly role: string;
  readonly scope: string;
}): string {
  const end =
    /\/(?:topics\/[^/]+\/subscriptions|colls|queues|topics|containers|keys|vaults|namespaces|components|storageAccounts)\/[^/]+$/.exec(
      scope,
    )?.[0] ?? scope;
  const short = end
    .replace(/^\/(vaults|namespaces|components)\/.+$/, '/$1/*')
    .replace(/^\/storageAccounts\/(ts(?:api|canary|worker|render|exchange)).+$/, '/storageAccounts/$1*');
  return `${who} ${role} ${short}`;
}

for (const environment of ENVIRONMENTS) {
  describe(`in ${environment}`, () => {
    test('the apps have the roles of roles.json, each at its own scope, and no others', () => {
      const given = assignmentsOf(environment).filter(({ who }) => APPS.includes(who));
      assert.deepEqual(given.map(inWords).sort(), wantedOf(environment));
    });

    test('what else is assigned stands on the page, too', () => {
      const page = readFileSync(join(root, 'docs', 'roles.md'), 'utf8');
      for (const { who, description } of assignmentsOf(environment).filter(one => !APPS.includes(one.who)))
        assert(page.includes(description), `${who}: ${description}`);
    });

    test('nothing is assigned at the subscription or, to an app, at a whole group', () => {
      for (const { who, scope } of assignmentsOf(environment)) {
        assert(scope.startsWith(`${SUBSCRIPTION}/resourceGroups/`), `${who} at ${scope}`);
        if (APPS.includes(who)) assert.match(scope, /\/providers\//);
      }
    });
  });
}

test('no app reaches the certificate of the domain or the passphrase of the smoke test', () => {
  for (const environment of ENVIRONMENTS) {
    const vaults = ofType(environment, 'Microsoft.KeyVault/vaults').map(({ id }) => id);
    const ofApps = vaults.filter(id => /\/kv-ts-[^/]+$/.test(id));
    const ofOperations = vaults.filter(id => /\/kv-tsops-[^/]+$/.test(id));
    assert.deepEqual([vaults.length, ofApps.length, ofOperations.length], [2, 1, 1]);
    const given = assignmentsOf(environment);
    const within = ({ scope }: { readonly scope: string }, [vault = '']: readonly string[]): boolean =>
      scope === vault || scope.startsWith(`${vault}/`);
    assert.ok(given.some(one => within(one, ofApps) && one.who === 'api'));
    assert.deepEqual(
      given.filter(one => APPS.includes(one.who) && within(one, ofOperations)),
      [],
    );
    const certificates = ofType(environment, 'Microsoft.Cdn/profiles/secrets').map(
      one => propertiesOf(one).parameters.secretSource.id,
    );
    for (const id of certificates) assert.ok(id.startsWith(`${ofOperations[0]}/secrets/`), id);
    assert.equal(certificates.length, environment === 'dev' ? 0 : 1);
    for (const site of ofType(environment, 'Microsoft.Web/sites'))
      assert.ok(!JSON.stringify(site.content).includes('kv-tsops-'), `${site.fullName} is not told of it`);
  }
  const smoke = readFileSync(join(root, 'scripts', 'delivery', 'prove.ts'), 'utf8');
  assert.match(smoke, /SMOKE_SECRET\}`, deployment\.operationsVaultEndpoint/);
});

test('every row has a reason, and the page shows it', () => {
  const page = readFileSync(join(root, 'docs', 'roles.md'), 'utf8');
  assert(page.includes(appTable()));
  for (const row of rows) assert(row.reason.length > 5 && page.includes(row.reason), JSON.stringify(row));
});

test('Front Door reads the secret of its certificate, and the vault around it not', () => {
  for (const environment of ['stage', 'prod'] as const) {
    const told = deploy(join(root, 'bicep', `${environment}.bicepparam`), {
      edge: {
        profiles: [['*.a.example']],
        wildcardCertificate: 'wildcard',
        rateLimitPerMinute: 10,
        countries: [],
      },
    });
    const given = told.resources.filter(
      one =>
        one.type === 'Microsoft.Authorization/roleAssignments' &&
        propertiesOf(one).principalId.includes('/Microsoft.Cdn/profiles/'),
    );
    assert.equal(given.length, 1);
    for (const one of given) {
      assert.equal(one.target?.type, 'Microsoft.KeyVault/vaults/secrets');
      assert.match(one.target?.id ?? '', /\/kv-tsops-[^/]+\/secrets\/wildcard$/);
    }
  }
});

test('every container that is there is used by somebody, and every queue is sent to and received from', () => {
  const { database, queues } = roles.assignments;
  for (const { name } of topology.cosmos.containers)
    assert(
      database.some(({ container }) => container === name),
      `${name} has a role`,
    );
  for (const { key } of topology.serviceBus.queues)
    for (const role of ['busSender', 'busReceiver'])
      assert(
        queues.some(row => row.queue === key && row.role === role),
        `${key} has a ${role}`,
      );
});

test('only the app that a queue is for receives from it', () => {
  const source = (app: string): string => readFileSync(join(root, 'functions', `${app}.ts`), 'utf8');
  for (const { app, queue, role } of roles.assignments.queues) {
    if (role !== 'busReceiver') continue;
    assert.match(source(app), new RegExp(`onQueue\\(tools, '${queue}'`));
  }
});

test('identities are made for the apps alone, and each app has its own', () => {
  const { resources } = deployed('prod');
  const identities = resources.filter(
    ({ type }) => type === 'Microsoft.ManagedIdentity/userAssignedIdentities',
  );
  assert.equal(identities.length, APPS.length);
  for (const site of resources.filter(({ type }) => type === 'Microsoft.Web/sites')) {
    const own = Object.keys(
      (site.content['identity'] as { userAssignedIdentities: object }).userAssignedIdentities,
    );
    const app = /-(api|canary|worker|render)-/.exec(site.fullName)?.[1]?.replace('canary', 'api');
    assert.deepEqual(
      own.map(id => id.split('-').at(-1)),
      [app],
    );
  }
});
