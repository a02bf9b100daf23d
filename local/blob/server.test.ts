import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import type { TokenCredential } from '@azure/identity';
import {
  AnonymousCredential,
  BlobSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  generateBlobSASQueryParameters,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { loadSigningKey } from '../identity/signing-key.ts';
import { issueToken } from '../identity/tokens.ts';
import { serverProgram } from '../supervisor/server-bundles.ts';
import { ensureCertificates } from '../tls/certificates.ts';
import { type BlobServer, startBlobServer } from './server.ts';

const ACCOUNTS = { vault: { containers: ['artifacts'] }, exchange: { containers: ['downloads'] } };
let dataDir = '';
let ca = '';
let server: BlobServer;
let credential: TokenCredential;

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-blob-'));
  const tls = await ensureCertificates(dataDir);
  ca = readFileSync(tls.ca, 'utf8');
  const key = await loadSigningKey(join(dataDir, 'identity'));
  credential = {
    getToken: async scopes => {
      const audience = String(scopes).replace(/\/\.default$/, '');
      return {
        token: issueToken(key, audience, Date.now() / 1000, 3600),
        expiresOnTimestamp: Date.now() + 3_600_000,
      };
    },
  };
  server = await startBlobServer({
    port: 0,
    dataDir: join(dataDir, 'blob'),
    tlsCert: tls.cert,
    tlsKey: tls.key,
    accounts: ACCOUNTS,
  });
});

after(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function serviceOf(
  account: string,
  as: TokenCredential | StorageSharedKeyCredential = credential,
  port = server.port,
): BlobServiceClient {
  return new BlobServiceClient(`https://localhost:${port}/${account}`, as, clientOptions());
}

/** The pipeline takes TLS options, which the client's declared options do not mention. */
function clientOptions(): StoragePipelineOptions {
  const options: StoragePipelineOptions & { tlsOptions: { ca: string } } = {
    tlsOptions: { ca },
    retryOptions: { maxTries: 1 },
  };
  return options;
}

const artifacts = (): ContainerClient => serviceOf('vault').getContainerClient('artifacts');

test('containers of the topology are there in each account', async () => {
  const names: string[] = [];
  for await (const { name } of serviceOf('exchange').listContainers()) names.push(name);
  assert.deepEqual(names, ['downloads']);
  assert.equal(await artifacts().exists(), true);
});

test('a blob comes back with its bytes, properties, metadata and tags, by token and in ranges', async () => {
  const blob = artifacts().getBlockBlobClient('tenant/one.pdf');
  await blob.upload('0123456789', 10, {
    blobHTTPHeaders: { blobContentType: 'application/pdf', blobContentDisposition: 'attachment' },
    metadata: { sha256: 'abc' },
    tags: { kind: 'certificate' },
  });
  assert.equal((await blob.downloadToBuffer()).toString(), '0123456789');
  assert.equal((await blob.downloadToBuffer(3, 4)).toString(), '3456');
  const properties = await blob.getProperties();
  assert.equal(properties.contentType, 'application/pdf');
  assert.equal(properties.contentLength, 10);
  assert.deepEqual(properties.metadata, { sha256: 'abc' });
  assert.deepEqual((await blob.getTags()).tags, { kind: 'certificate' });
});

test('metadata of more than 8 KB is refused', async () => {
  const blob = artifacts().getBlockBlobClient('described');
  const upload = (length: number) => blob.upload('x', 1, { metadata: { a: 'x'.repeat(length), b: 'y' } });
  await assert.rejects(upload(8190), { statusCode: 400, code: 'MetadataTooLarge' });
  assert.equal((await upload(8189))._response.status, 201);
});

test('a create-only upload of an existing name is 409 BlobAlreadyExists and changes nothing', async () => {
  const blob = artifacts().getBlockBlobClient('content-addressed');
  await blob.upload('first', 5, { conditions: { ifNoneMatch: '*' } });
  await assert.rejects(blob.upload('other', 5, { conditions: { ifNoneMatch: '*' } }), {
    statusCode: 409,
    code: 'BlobAlreadyExists',
  });
  assert.equal((await blob.downloadToBuffer()).toString(), 'first');
});

test('a write against a stale ETag is 412', async () => {
  const blob = artifacts().getBlockBlobClient('guarded');
  const { etag } = await blob.upload('a', 1);
  await blob.upload('b', 1, { conditions: { ifMatch: etag ?? '' } });
  await assert.rejects(blob.upload('c', 1, { conditions: { ifMatch: etag ?? '' } }), {
    statusCode: 412,
    code: 'ConditionNotMet',
  });
});

test('blocks staged one by one make one blob', async () => {
  const blob = artifacts().getBlockBlobClient('in-blocks');
  const ids = ['block-1', 'block-2'].map(id => Buffer.from(id).toString('base64'));
  for (const [index, id] of ids.entries()) await blob.stageBlock(id, `part ${index};`, 7);
  await blob.commitBlockList(ids);
  assert.equal((await blob.downloadToBuffer()).toString(), 'part 0;part 1;');
});

test('what is unknown is 404 BlobNotFound, and a token for another resource is refused', async () => {
  await assert.rejects(artifacts().getBlobClient('nothing').downloadToBuffer(), { statusCode: 404 });
  const other: TokenCredential = { getToken: () => credential.getToken('https://vault.azure.net/.default') };
  await assert.rejects(serviceOf('vault', other).getContainerClient('artifacts').exists(), {
    statusCode: 403,
  });
});

test('the key of one account does not open the other', async () => {
  const own = new StorageSharedKeyCredential('vault', server.keys['vault'] ?? '');
  const foreign = new StorageSharedKeyCredential('vault', server.keys['exchange'] ?? '');
  assert.equal(await serviceOf('vault', own).getContainerClient('artifacts').exists(), true);
  await assert.rejects(
    serviceOf('vault', foreign).getContainerClient('artifacts').exists(),
    /Authentication information/,
  );
});

test('a user delegation SAS reads its one blob and nothing else', async () => {
  const exchange = serviceOf('exchange');
  const container = exchange.getContainerClient('downloads');
  await container.getBlockBlobClient('report.pdf').upload('report', 6);
  await container.getBlockBlobClient('other.pdf').upload('other', 5);
  const startsOn = new Date(Date.now() - 60_000);
  const expiresOn = new Date(Date.now() + 600_000);
  const key = await exchange.getUserDelegationKey(startsOn, expiresOn);
  const permissions = BlobSASPermissions.parse('r');
  // Azurite signs up to this version; the SDK's own default is newer and signs other fields
  const values = {
    containerName: 'downloads',
    blobName: 'report.pdf',
    permissions,
    startsOn,
    expiresOn,
    version: '2025-11-05',
  };
  const sas = generateBlobSASQueryParameters(values, key, 'exchange').toString();
  const read = (name: string, query: string): Promise<string> =>
    new BlobServiceClient(
      `https://localhost:${server.port}/exchange?${query}`,
      new AnonymousCredential(),
      clientOptions(),
    )
      .getContainerClient('downloads')
      .getBlobClient(name)
      .downloadToBuffer()
      .then(String);
  assert.equal(await read('report.pdf', sas), 'report');
  await assert.rejects(read('other.pdf', sas), { statusCode: 403 });
  const late = {
    ...values,
    startsOn: new Date(Date.now() - 600_000),
    expiresOn: new Date(Date.now() - 1000),
  };
  await assert.rejects(read('report.pdf', generateBlobSASQueryParameters(late, key, 'exchange').toString()), {
    statusCode: 403,
  });
});

/** Starts the server as its own process, as the supervisor does, and waits until it is ready. */
async function spawnServer(port: number): Promise<{ child: ChildProcess; port: number; key: string }> {
  const topology = join(dataDir, 'topology.json');
  const tls = join(dataDir, 'tls');
  writeFileSync(topology, JSON.stringify({ storage: ACCOUNTS }));
  const program = await serverProgram('blob');
  const child = spawn(
    process.execPath,
    [
      program,
      ...['--port', String(port), '--data', join(dataDir, 'spawned'), '--topology', topology],
      ...['--tls-cert', join(tls, 'server.pem'), '--tls-key', join(tls, 'server.key')],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { settings } = JSON.parse(String(line));
  const key = /AccountKey=([^;]+)/.exec(settings.AzureWebJobsStorage)?.[1] ?? '';
  return { child, port: Number(new URL(settings.BLOB_VAULT_ENDPOINT).port), key };
}

test('every acknowledged write survives SIGKILL, and no deleted blob comes back', async () => {
  const first = await spawnServer(0);
  const account = (port: number, key: string): ContainerClient =>
    serviceOf('vault', new StorageSharedKeyCredential('vault', key), port).getContainerClient('artifacts');
  const container = account(first.port, first.key);
  const blockIds = ['block-1', 'block-2'].map(id => Buffer.from(id).toString('base64'));
  await container.getBlockBlobClient('kept').upload('old', 3, { metadata: { version: '1' } });
  await container.getBlockBlobClient('kept').upload('new!', 4, { metadata: { version: '2' } });
  await container.getBlockBlobClient('deleted').upload('gone', 4);
  await container.getBlobClient('deleted').delete();
  for (const id of blockIds) await container.getBlockBlobClient('blocks').stageBlock(id, 'block', 5);
  await container.getBlockBlobClient('blocks').commitBlockList(blockIds);
  await container.getBlockBlobClient('staged').stageBlock(blockIds[0] ?? '', 'later', 5);
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      container.getBlockBlobClient(`many-${index}`).upload(`${index}`.padEnd(9), 9),
    ),
  );
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await spawnServer(0);
  try {
    const again = account(second.port, second.key);
    assert.equal(second.key, first.key);
    assert.equal((await again.getBlobClient('kept').downloadToBuffer()).toString(), 'new!');
    assert.deepEqual((await again.getBlobClient('kept').getProperties()).metadata, { version: '2' });
    assert.equal((await again.getBlobClient('blocks').downloadToBuffer()).toString(), 'blockblock');
    await again.getBlockBlobClient('staged').commitBlockList([blockIds[0] ?? '']);
    assert.equal((await again.getBlobClient('staged').downloadToBuffer()).toString(), 'later');
    const names: string[] = [];
    for await (const { name } of again.listBlobsFlat()) names.push(name);
    const many = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    assert.deepEqual(names, ['blocks', 'kept', ...many, 'staged'].sort());
    for (const name of many)
      assert.equal((await again.getBlobClient(name).downloadToBuffer()).toString().trim(), name.slice(5));
  } finally {
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');
  }
});
