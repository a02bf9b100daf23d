import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { CosmosClient } from '@azure/cosmos';
import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { ServiceBusClient } from '@azure/service-bus';
import { BlobServiceClient } from '@azure/storage-blob';
import { identityNamed } from '../identity/identities.ts';
import { type Right, usedFile } from '../identity/rights.ts';
import { connectAs } from '../service-bus/keys.ts';
import { rightsFileIn, type Stack, startStack } from './stack.ts';

const ITEMS = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items';
const MESSAGES = 'Microsoft.ServiceBus/namespaces/messages';
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const rights: readonly Right[] = [
  {
    identity: 'api',
    scope: 'cosmos/leases',
    actions: ['Microsoft.DocumentDB/databaseAccounts/readMetadata', `${ITEMS}/create`, `${ITEMS}/read`],
  },
  { identity: 'api', scope: 'service-bus/jobs', actions: [`${MESSAGES}/send/action`] },
  { identity: 'api', scope: 'blob/vault/artifacts', actions: [`${BLOBS}/read`] },
  {
    identity: 'api',
    scope: 'key-vault/secrets',
    actions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'],
  },
];

let dataDir = '';
let stack: Stack;

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-roles-'));
  stack = await startStack({ dataDir, ports: 'free', rights });
  const ca = readFileSync(stack.settings['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), ca]);
});

after(async () => {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const setting = (name: string): string => stack.settings[name] ?? assert.fail(name);

/** Tokens of an identity by its name, as an app gets them that names its client id. */
function as(name: string): TokenCredential {
  return {
    getToken: async scopes => {
      const url = new URL(setting('IDENTITY_ENDPOINT'));
      url.searchParams.set('api-version', '2019-08-01');
      url.searchParams.set('resource', String(scopes).replace(/\/\.default$/, ''));
      url.searchParams.set('client_id', identityNamed(name)?.clientId ?? '');
      const answer = await fetch(url, { headers: { 'X-IDENTITY-HEADER': setting('IDENTITY_HEADER') } });
      const { access_token, expires_on } = await answer.json();
      return { token: access_token, expiresOnTimestamp: Number(expires_on) * 1000 };
    },
  };
}

describe('a stack with rights', () => {
  test('lets an app do with a container of the database what its role says, and with another nothing', async t => {
    const client = new CosmosClient({ endpoint: setting('COSMOS_ENDPOINT'), aadCredentials: as('api') });
    t.after(() => client.dispose());
    const database = client.database(setting('COSMOS_DATABASE'));
    const leases = database.container('leases');
    await leases.items.create({ id: 'one' });
    assert.equal((await leases.item('one', 'one').read()).statusCode, 200);
    const forbidden = { code: 403, substatus: 5301 };
    await assert.rejects(leases.item('one', 'one').delete(), forbidden);
    const twice = [
      { operationType: 'Create', resourceBody: { id: 'two' } },
      { operationType: 'Delete', id: 'two' },
    ];
    await assert.rejects(leases.items.batch(twice as never, 'two'), /perform action \[\S+items\/delete\]/);
    await assert.rejects(database.container('tenants').item('one', 'one').read(), forbidden);
  });

  test('lets an app send where it is a sender, and neither receive there nor send elsewhere', async t => {
    const client = new ServiceBusClient(connectAs(setting('SERVICE_BUS'), 'api'), {
      retryOptions: { maxRetries: 0 },
    });
    t.after(() => client.close());
    await client.createSender('jobs').sendMessages({ body: 1 });
    const refused = { code: 'UnauthorizedAccess' };
    await assert.rejects(client.createReceiver('jobs').receiveMessages(1), refused);
    await assert.rejects(client.createSender('render').sendMessages({ body: 1 }), refused);
    await assert.rejects(client.createSender('events').sendMessages({ body: 1 }), refused);
  });

  test('lets an app read blobs, and neither write them nor read those of another container', async () => {
    const owner = new BlobServiceClient(setting('BLOB_VAULT_ENDPOINT'), as('owner'));
    await owner.getContainerClient('artifacts').getBlockBlobClient('a').upload('text', 4);
    const app = new BlobServiceClient(setting('BLOB_VAULT_ENDPOINT'), as('api'));
    const own = app.getContainerClient('artifacts').getBlockBlobClient('a');
    assert.equal(String(await own.downloadToBuffer()), 'text');
    const refused = { statusCode: 403, code: 'AuthorizationPermissionMismatch' };
    await assert.rejects(own.upload('more', 4), refused);
    await assert.rejects(own.delete(), refused);
    await assert.rejects(app.getContainerClient('anchors').getBlockBlobClient('a').downloadToBuffer(), {
      statusCode: 403,
    });
  });

  test('lets an app read a secret, and not set or list any', async () => {
    const options = { disableChallengeResourceVerification: true };
    await new SecretClient(setting('KEY_VAULT_ENDPOINT'), as('owner'), options).setSecret('known', 'value');
    const app = new SecretClient(setting('KEY_VAULT_ENDPOINT'), as('api'), options);
    assert.equal((await app.getSecret('known')).value, 'value');
    const refused = { statusCode: 403, code: 'Forbidden' };
    await assert.rejects(app.setSecret('known', 'other'), refused);
    await assert.rejects(app.listPropertiesOfSecrets().next(), refused);
    const stranger = new SecretClient(setting('KEY_VAULT_ENDPOINT'), as('render'), options);
    await assert.rejects(stranger.getSecret('known'), refused);
  });

  test('writes down which rights were used', () => {
    const used = readFileSync(usedFile(rightsFileIn(dataDir)), 'utf8').split('\n');
    assert.ok(used.includes(`api service-bus/jobs ${MESSAGES}/send/action`));
    assert.ok(used.includes(`api cosmos/leases ${ITEMS}/create`));
    assert.ok(!used.some(line => line.includes('delete')));
  });
});
