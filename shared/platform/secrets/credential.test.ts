import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openCliCredential, openPersonalCredential } from './index.ts';

const SCOPE = 'https://vault.azure.net/.default';
const kept = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), 'touchstone-credential-test-'));
const soon = Math.floor(Date.now() / 1000) + 3600;

/** The endpoint of the machine's own identity, as an app of Azure has it. */
const machine = createServer((_request, reply) => {
  const token = { access_token: 'of the machine', expires_on: `${soon}`, token_type: 'Bearer' };
  reply.setHeader('content-type', 'application/json').end(JSON.stringify(token));
});

before(async () => {
  await new Promise<void>(resolve => machine.listen(0, '127.0.0.1', resolve));
  const token = JSON.stringify({ accessToken: 'of the login', expires_on: soon });
  writeFileSync(join(folder, 'az'), `#!/bin/sh\necho '${token}'\n`, { mode: 0o755 });
  process.env['PATH'] = `${folder}${delimiter}${kept['PATH']}`;
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${(machine.address() as AddressInfo).port}/token`;
  process.env['IDENTITY_HEADER'] = 'header';
});
after(() => {
  process.env = kept;
  machine.close();
  rmSync(folder, { recursive: true });
});

describe('on a machine with an identity of its own', () => {
  test('tools for a deployment act as whoever is logged in with az', async () => {
    assert.equal((await openCliCredential().getToken(SCOPE))?.token, 'of the login');
  });

  test('tools for the local stack act as that identity', async () => {
    assert.equal((await openPersonalCredential().getToken(SCOPE))?.token, 'of the machine');
  });
});
