import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ManagedIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { BlobServiceClient, type BlockBlobClient } from '@azure/storage-blob';
import { createTransport } from 'nodemailer';
import { type Stack, startStack } from '../supervisor/stack.ts';
import { type FaultTarget, faults } from './client.ts';

let dataDir: string;
let stack: Stack;
const setting = (name: string): string => stack.settings[name] ?? assert.fail(name);
/** The SDKs' own retries, few and soon. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 1, maxRetryDelayInMs: 2 };
const once = { retryOptions: { maxTries: 1 } };

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-fault-servers-'));
  stack = await startStack({ dataDir, ports: 'free', servers: ['key-vault', 'blob', 'mail'] });
  const own = readFileSync(setting('NODE_EXTRA_CA_CERTS'), 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), own]);
  Object.assign(process.env, stack.settings);
});
afterEach(() => faults(stack).clear());
after(async () => {
  await stack?.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

/** Its tokens are remembered by the library for the whole process, so what they are asked for must differ by test. */
async function token(scope: string): Promise<string> {
  return (await new ManagedIdentityCredential().getToken(scope)).token;
}

function vault(): SecretClient {
  return new SecretClient(setting('KEY_VAULT_ENDPOINT'), new ManagedIdentityCredential(), {
    disableChallengeResourceVerification: true,
    retryOptions,
  });
}

describe('identity', () => {
  const cosmos = 'https://cosmos.azure.com/.default';

  test('refuses a token for want of which the SDK has no credential, and gives the next', async () => {
    const fault = await faults(stack).on('identity').refuse({ operation: 'token', status: 400 });
    await assert.rejects(token(cosmos), { name: 'CredentialUnavailableError' });
    assert.ok((await fault.struck()) > 0);
    await fault.end();
    assert.notEqual(await token(cosmos), '');
  });

  test('hangs up instead of giving a token, and the SDK asks again by itself', async () => {
    const fault = await faults(stack).on('identity').reset({ operation: 'token', at: 'before', count: 1 });
    assert.notEqual(await token('https://storage.azure.com/.default'), '');
    assert.equal(await fault.struck(), 1);
  });

  test('gives tokens of its own time: those of a day that is over are refused, and the next ones are good', async () => {
    await faults(stack)
      .on('identity')
      .jumpClock(-3 * 86_400_000);
    assert.equal(await statusOfVault(await newVaultToken()), 401);
    await faults(stack).on('identity').resetClock();
    assert.equal(await statusOfVault(await newVaultToken()), 200);
  });

  /** Past the SDK, which would remember an earlier one. */
  async function newVaultToken(): Promise<string> {
    const url = new URL(setting('IDENTITY_ENDPOINT'));
    url.search = String(
      new URLSearchParams({ 'api-version': '2019-08-01', resource: 'https://vault.azure.net' }),
    );
    const answer = await fetch(url, { headers: { 'x-identity-header': setting('IDENTITY_HEADER') } });
    return String((await answer.json()).access_token);
  }

  async function statusOfVault(bearer: string): Promise<number> {
    const url = new URL('/secrets?api-version=7.4', setting('KEY_VAULT_ENDPOINT'));
    return (await fetch(url, { headers: { authorization: `Bearer ${bearer}` } })).status;
  }
});

describe('key-vault', () => {
  test('says each status in its own words, to the operation and kind that are meant', async () => {
    const secrets = vault();
    await secrets.setSecret('kept', 'value');
    for (const [status, code, message] of [
      [403, 'Forbidden', /^Caller is not authorized to perform action on resource/],
      [404, 'SecretNotFound', /^A secret with \(name\/id\) kept was not found in this key vault/],
      [409, 'Conflict', /^Secret kept is currently being deleted/],
      [429, 'Throttled', /^Request was not processed because too many requests were received/],
      [500, 'InternalServerError', /^An unexpected error/],
      [503, 'ServiceUnavailable', /temporarily unavailable/],
    ] as const) {
      // The SDK asks again by itself when it may.
      const fault = await faults(stack)
        .on('key-vault')
        .refuse({ operation: 'read', entity: 'secrets', status });
      await assert.rejects(secrets.getSecret('kept'), { statusCode: status, code, message });
      await fault.end();
      assert.equal((await secrets.getSecret('kept')).value, 'value');
    }
  });

  test('throttles for so long that the SDK comes again by itself', async () => {
    const secrets = vault();
    await secrets.setSecret('wanted', 'value');
    const fault = await faults(stack).on('key-vault').throttle({ operation: 'read', count: 1 });
    assert.equal((await secrets.getSecret('wanted')).value, 'value');
    assert.equal(await fault.struck(), 1);
  });

  test('loses the answer of a write that happened', async () => {
    const secrets = vault();
    await secrets.setSecret('twice', 'old');
    await faults(stack).on('key-vault').reset({ operation: 'write', at: 'after' });
    await assert.rejects(secrets.setSecret('twice', 'new'), { code: 'ECONNRESET' });
    assert.equal((await secrets.getSecret('twice')).value, 'new');
  });

  test('takes no token any more once its clock is past it, and takes it again when that is right', async () => {
    const secrets = vault();
    await secrets.setSecret('timed', 'value');
    await faults(stack)
      .on('key-vault')
      .jumpClock(3 * 86_400_000, { tokens: true });
    await assert.rejects(secrets.getSecret('timed'), { statusCode: 401 });
    await faults(stack).on('key-vault').resetClock();
    assert.equal((await secrets.getSecret('timed')).value, 'value');
  });
});

describe('blob', () => {
  async function upload(name: string): Promise<BlockBlobClient> {
    const service = new BlobServiceClient(
      setting('BLOB_VAULT_ENDPOINT'),
      new ManagedIdentityCredential(),
      once,
    );
    const container = service.getContainerClient('faults');
    await container.createIfNotExists();
    const blob = container.getBlockBlobClient(name);
    await blob.upload('old', 3);
    return blob;
  }

  test('says each status in its own words, once, and did nothing', async () => {
    const blob = await upload('refused');
    for (const [status, code, message] of [
      [403, 'AuthorizationFailure', /^This request is not authorized to perform this operation\./],
      [409, 'BlobAlreadyExists', /^The specified blob already exists\./],
      [412, 'ConditionNotMet', /^The condition specified using HTTP conditional header\(s\) is not met\./],
      [500, 'InternalError', /^Server encountered an internal error\. Please try again after some time\./],
      [503, 'ServerBusy', /^The server is busy\.\nRequestId:[0-9a-f-]{36}\nTime:/],
    ] as const) {
      await faults(stack).on('blob').refuse({ operation: 'write', entity: 'faults', status, count: 1 });
      await assert.rejects(blob.upload('new', 3), { statusCode: status, code, message });
      assert.equal(String(await blob.downloadToBuffer()), 'old');
    }
    await blob.upload('new', 3);
  });

  test('hangs up before a write that does not happen, and after one that does', async () => {
    const blob = await upload('reset');
    for (const [at, found] of [
      ['before', 'old'],
      ['after', 'new'],
    ] as const) {
      await using _ = await faults(stack).on('blob').reset({ operation: 'write', match: '/reset', at });
      await assert.rejects(blob.upload('new', 3), { code: 'ECONNRESET' });
      assert.equal(String(await blob.downloadToBuffer()), found);
    }
  });

  test('waits before a read, and before each commit when its disk is slow', async () => {
    const blob = await upload('slow');
    await using read = await faults(stack).on('blob').delay({ operation: 'read', ms: 100, count: 1 });
    const began = performance.now();
    await blob.downloadToBuffer(0, 3);
    assert.ok(performance.now() - began >= 100);
    assert.equal(await read.struck(), 1);
    const disk = await faults(stack).on('blob').slowDisk({ ms: 20 });
    await blob.upload('new', 3);
    assert.ok((await disk.struck()) > 0);
  });
});

describe('mail', () => {
  const letter = {
    from: 'no-reply@touchstone.example',
    to: 'a@lab.example',
    subject: 'Hello',
    text: 'Words',
  };

  function send(to = letter.to): Promise<{ readonly response: string }> {
    const transport = createTransport({
      host: setting('SMTP_HOST'),
      port: Number(setting('SMTP_PORT')),
      requireTLS: true,
      auth: { user: setting('SMTP_USER'), pass: setting('SMTP_PASSWORD') },
    });
    return transport.sendMail({ ...letter, to });
  }

  async function received(to: string): Promise<number> {
    const answer = await fetch(`${setting('MAIL_URL')}/api/mails?to=${to}`);
    return ((await answer.json()) as { mails: unknown[] }).mails.length; // what local/mail/web.ts says
  }

  test('refuses a recipient for good or for now, and only the one that is meant', async () => {
    for (const [status, words] of [
      [550, /^550 .*Requested action not taken: mailbox unavailable$/],
      [451, /^451 .*Requested action aborted: local error in processing$/],
    ] as const) {
      await using _ = await faults(stack)
        .on('mail')
        .refuse({ operation: 'to', match: 'refused@lab.example', status });
      await assert.rejects(send('refused@lab.example'), {
        code: 'EENVELOPE',
        responseCode: status,
        response: words,
      });
      assert.match((await send('other@lab.example')).response, /^250/);
    }
    assert.deepEqual([await received('refused@lab.example'), await received('other@lab.example')], [0, 2]);
  });

  test('waits before it takes a letter', async () => {
    const slow = await faults(stack).on('mail').delay({ operation: 'data', ms: 100, count: 1 });
    const began = performance.now();
    await send('slow@lab.example');
    assert.ok(performance.now() - began >= 100);
    assert.deepEqual([await slow.struck(), await received('slow@lab.example')], [1, 1]);
  });

  test('drops the connection before a letter is taken, or after it was', async () => {
    for (const [at, letters] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      await using _ = await faults(stack).on('mail').reset({ operation: 'data', at });
      await assert.rejects(send('dropped@lab.example'));
      assert.equal(await received('dropped@lab.example'), letters);
    }
  });
});

describe('the control interface', () => {
  test('is closed to a wrong token and to none', async () => {
    for (const wrong of ['', 'guessed']) {
      const stranger: FaultTarget = { settings: { ...stack.settings, FAULTS_TOKEN: wrong } };
      for (const name of ['blob', 'key-vault', 'identity', 'mail'] as const)
        await assert.rejects(faults(stranger).on(name).rules(), /: 401 .*"field":"authorization"/);
    }
  });

  test('names the field of what could never strike', async () => {
    const blob = faults(stack).on('blob');
    for (const [field, rule] of [
      ['effect', { effect: 'stale', ms: 1 }],
      ['operation', { effect: 'delay', ms: 1, operation: 'reda' }],
      ['ms', { effect: 'delay', ms: -1 }],
      ['conut', { effect: 'delay', ms: 1, conut: 3 }],
      ['rate', { effect: 'delay', ms: 1, rate: 2 }],
    ] as const) {
      await assert.rejects(blob.add(rule), new RegExp(`: 400 .*"field":"${field}"`));
    }
    assert.deepEqual(await blob.rules(), []);
    await assert.rejects(blob.act('clock', { jumpMs: 1 }), /: 400 .*"field":"path"/);
  });
});
