import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { tenantId } from '../../kernel/index.ts';
import { type Artifacts, openArtifacts } from './artifacts.ts';

const TENANT = tenantId('tnt_one');

describe('artifacts, while blob storage is out', () => {
  let server: Server;
  let artifacts: Artifacts;
  let status = 404;

  before(async () => {
    server = createServer((_request, response) => {
      response.writeHead(status, { 'retry-after': '0' }).end();
    }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const address = server.address();
    assert(typeof address === 'object' && address !== null);
    // Plain HTTP is refused with a token, so these calls carry none.
    const { AnonymousCredential } = await import('@azure/storage-blob');
    artifacts = openArtifacts({
      endpoint: `http://127.0.0.1:${address.port}/vault`,
      container: 'artifacts',
      credential: new AnonymousCredential() as never,
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  for (const busy of [408, 429]) {
    test(`with status ${busy}, come later`, async () => {
      status = busy;
      await assert.rejects(artifacts.find(TENANT, 'abc', 'pdf'), {
        code: 'platform.storage_unavailable',
        fault: { status: 503, retry: 'later' },
      });
    });
  }

  test('are simply not there when it says so', async () => {
    status = 404;
    assert.equal(await artifacts.find(TENANT, 'abc', 'pdf'), undefined);
  });

  test('refused for good are a bug', async () => {
    status = 403;
    await assert.rejects(artifacts.find(TENANT, 'abc', 'pdf'), { name: 'RestError' });
  });
});
