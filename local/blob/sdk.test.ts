import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { startTestStorage, type TestStorage } from './test-storage.ts';

let storage: TestStorage;
let container: ContainerClient;

before(async () => {
  storage = await startTestStorage();
  container = storage.client.getContainerClient('sdk');
  await container.create();
});
after(() => storage.close());

async function upload(text: string, name: string = randomUUID()): Promise<BlockBlobClient> {
  const blob = container.getBlockBlobClient(name);
  await blob.upload(text, Buffer.byteLength(text));
  return blob;
}

test('a lease keeps others from taking it, writing and deleting until it is released or broken', async () => {
  const blob = await upload('mine');
  const lease = blob.getBlobLeaseClient();
  const { leaseId = '' } = await lease.acquireLease(15);
  await assert.rejects(blob.getBlobLeaseClient(randomUUID()).acquireLease(15), {
    statusCode: 409,
    code: 'LeaseAlreadyPresent',
  });
  await assert.rejects(blob.upload('theirs', 6), { statusCode: 412, code: 'LeaseIdMissing' });
  await assert.rejects(blob.delete(), { statusCode: 412, code: 'LeaseIdMissing' });
  const strange = { conditions: { leaseId: randomUUID() } };
  await assert.rejects(blob.upload('theirs', 6, strange), {
    statusCode: 412,
    code: 'LeaseIdMismatchWithBlobOperation',
  });
  await blob.upload('still mine', 10, { conditions: { leaseId } });
  await lease.renewLease();
  await lease.releaseLease();
  await assert.rejects(lease.renewLease(), { statusCode: 409 });
  const next = blob.getBlobLeaseClient();
  await next.acquireLease(-1);
  assert.equal((await next.breakLease(0)).leaseTime, 0);
  await blob.delete();
});

test('reads and writes follow their conditions on ETag and time', async () => {
  const blob = await upload('one');
  const { etag = '', lastModified = new Date(0) } = await blob.getProperties();
  await assert.rejects(blob.downloadToBuffer(0, undefined, { conditions: { ifMatch: '"0x0"' } }), {
    statusCode: 412,
  });
  await assert.rejects(blob.download(0, undefined, { conditions: { ifNoneMatch: etag } }), {
    statusCode: 304,
  });
  const later = new Date(lastModified.getTime() + 60_000);
  await assert.rejects(blob.setMetadata({ a: 'b' }, { conditions: { ifModifiedSince: later } }), {
    statusCode: 412,
    code: 'ConditionNotMet',
  });
  await blob.setMetadata({ a: 'b' }, { conditions: { ifMatch: etag, ifUnmodifiedSince: later } });
  await assert.rejects(blob.delete({ conditions: { ifMatch: etag } }), { statusCode: 412 });
});

test('If-Match lets nothing be made, and reading nothing under it is 404', async () => {
  const id = Buffer.from('block').toString('base64');
  const source = await upload('source');
  const refused = { statusCode: 412, code: 'ConditionNotMet' };
  const absent = { statusCode: 404, code: 'BlobNotFound' };
  for (const ifMatch of ['*', '"0x8D0000000000000"']) {
    const conditions = { ifMatch };
    const name = randomUUID();
    const blob = container.getBlockBlobClient(name);
    await assert.rejects(blob.upload('x', 1, { conditions }), refused);
    await assert.rejects(container.getAppendBlobClient(name).create({ conditions }), refused);
    await assert.rejects(container.getPageBlobClient(name).create(512, { conditions }), refused);
    await assert.rejects(blob.syncCopyFromURL(source.url, { conditions }), refused);
    await assert.rejects(blob.download(0, undefined, { conditions }), absent);
    await assert.rejects(blob.getProperties({ conditions }), { statusCode: 404 });
    await blob.stageBlock(id, 'x', 1);
    await assert.rejects(blob.commitBlockList([id], { conditions }), refused);
    assert.equal(await blob.exists(), false);
    await blob.commitBlockList([id]);
    if (ifMatch !== '*') continue;
    await blob.upload('yy', 2, { conditions });
    await blob.stageBlock(id, 'z', 1);
    await blob.commitBlockList([id], { conditions });
    assert.equal(String(await blob.downloadToBuffer(0, undefined, { conditions })), 'z');
  }
  const nowhere = storage.client.getContainerClient('nowhere').getBlockBlobClient('a');
  await assert.rejects(nowhere.upload('x', 1, { conditions: { ifMatch: '*' } }), {
    statusCode: 404,
    code: 'ContainerNotFound',
  });
});

test('names are at most 1,024 units and 254 segments long, and a path must be well encoded', async () => {
  const refused = { statusCode: 400, code: 'OutOfRangeInput' };
  for (const [longest, tooLong] of [
    ['x'.repeat(1024), 'x'.repeat(1025)],
    ['\u{1F60A}'.repeat(512), '\u{1F60A}'.repeat(513)],
    [Array.from({ length: 254 }, () => 'a').join('/'), Array.from({ length: 255 }, () => 'a').join('/')],
  ] as const) {
    const blob = await upload('x', longest);
    assert.equal(String(await blob.downloadToBuffer()), 'x');
    await assert.rejects(upload('x', tooLong), refused);
    await assert.rejects(container.getBlobClient(tooLong).deleteIfExists(), refused);
  }
  for (const path of ['/vault/sdk/%', '/vault/sdk/%zz?comp=list', '/vault/%E0%A4%A/x', '//'])
    assert.deepEqual(await storage.statusOf(path), [400, 'InvalidUri'], path);
  assert.equal((await storage.statusOf('/vault/sdk/a%20b'))[0], 403);
});

test('lists are paged, by prefix and by folder', async () => {
  const root = randomUUID();
  await Promise.all(['a/1', 'a/2', 'b/1', 'c'].map(name => upload(name, `${root}/${name}`)));
  const pages: string[][] = [];
  for await (const page of container.listBlobsFlat({ prefix: `${root}/` }).byPage({ maxPageSize: 3 }))
    pages.push(page.segment.blobItems.map(({ name }) => name.slice(root.length + 1)));
  assert.deepEqual(pages, [['a/1', 'a/2', 'b/1'], ['c']]);
  const kinds: string[] = [];
  for await (const item of container.listBlobsByHierarchy('/', { prefix: `${root}/` }))
    kinds.push(`${item.kind} ${item.name.slice(root.length + 1)}`);
  assert.deepEqual(kinds.toSorted(), ['blob c', 'prefix a/', 'prefix b/']);
});

test('staged blocks are seen, commit in the order of the list, and an unknown block commits nothing', async () => {
  const blob = container.getBlockBlobClient(randomUUID());
  const id = (number: number): string => Buffer.from(`block-${number}`).toString('base64');
  await blob.stageBlock(id(1), 'one', 3);
  await blob.stageBlock(id(2), 'two', 3);
  assert.equal((await blob.getBlockList('uncommitted')).uncommittedBlocks?.length, 2);
  await assert.rejects(blob.commitBlockList([id(1), id(9)]), { statusCode: 400, code: 'InvalidBlockList' });
  await blob.commitBlockList([id(2), id(1)]);
  assert.equal(String(await blob.downloadToBuffer()), 'twoone');
  assert.deepEqual(
    (await blob.getBlockList('committed')).committedBlocks?.map(({ name }) => name),
    [id(2), id(1)],
  );
});

test('a blob is copied by its URL with its properties, at once or by polling', async () => {
  const source = container.getBlockBlobClient(randomUUID());
  await source.upload('copy me', 7, {
    blobHTTPHeaders: { blobContentType: 'text/plain' },
    metadata: { of: 'source' },
  });
  for (const name of ['at once', 'by polling']) {
    const target = container.getBlockBlobClient(`${name}-${randomUUID()}`);
    if (name === 'at once') await target.syncCopyFromURL(source.url);
    else await (await target.beginCopyFromURL(source.url)).pollUntilDone();
    const { contentType, metadata, copyStatus } = await target.getProperties();
    assert.deepEqual([contentType, metadata, copyStatus], ['text/plain', { of: 'source' }, 'success'], name);
  }
});

test('an append blob grows at its end, and only where the caller expects it', async () => {
  const blob = container.getAppendBlobClient(randomUUID());
  await blob.create();
  await blob.appendBlock('one;', 4, { conditions: { appendPosition: 0 } });
  await assert.rejects(blob.appendBlock('two;', 4, { conditions: { appendPosition: 0 } }), {
    statusCode: 412,
    code: 'AppendPositionConditionNotMet',
  });
  await blob.appendBlock('two;', 4, { conditions: { appendPosition: 4 } });
  assert.equal(String(await blob.downloadToBuffer()), 'one;two;');
});

test('what is not there says 501 by name', async () => {
  const blob = await upload('anchor');
  const policy = { expiriesOn: new Date(Date.now() + 86_400_000), policyMode: 'Unlocked' } as const;
  await assert.rejects(blob.setImmutabilityPolicy(policy), { statusCode: 501 });
  await assert.rejects(blob.setLegalHold(true), { statusCode: 501 });
  await assert.rejects(blob.syncUploadFromURL(blob.url), { statusCode: 501 });
  await assert.rejects(blob.query('SELECT * FROM BlobStorage'), { statusCode: 501 });
});
