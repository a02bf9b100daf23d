import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ensureCertificates, type TlsFiles } from './certificates.ts';

let dataDir = '';

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-tls-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Serves once over TLS and returns the status that a client trusting only the given authority sees. */
async function statusOver(files: TlsFiles, host: string): Promise<number | undefined> {
  const server = createServer(
    { cert: readFileSync(files.cert), key: readFileSync(files.key) },
    (_, response) => {
      response.writeHead(204).end();
    },
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // listen on a port always gives an AddressInfo, never a pipe's name
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      const client = request({ host, port, ca: readFileSync(files.ca), agent: false }, response => {
        response.resume();
        resolve(response.statusCode);
      });
      client.on('error', reject).end();
    });
  } finally {
    server.close();
  }
}

test('a client that trusts the local CA reaches the server as localhost and as 127.0.0.1', async () => {
  const files = await ensureCertificates(dataDir);
  assert.equal(await statusOver(files, 'localhost'), 204);
  assert.equal(await statusOver(files, '127.0.0.1'), 204);
});

test('a client that trusts another CA refuses the connection', async () => {
  const files = await ensureCertificates(dataDir);
  const other = await ensureCertificates(join(dataDir, 'other'));
  await assert.rejects(statusOver({ ...files, ca: other.ca }, 'localhost'), /signature|verify|issuer/i);
});

test('certificates are valid for years and name every local host', async () => {
  const files = await ensureCertificates(dataDir);
  const certificate = new X509Certificate(readFileSync(files.cert));
  const years = (certificate.validToDate.getTime() - Date.now()) / (365.25 * 86_400_000);
  assert.ok(years > 9);
  assert.match(certificate.subjectAltName ?? '', /DNS:localhost, DNS:\*\.localhost, IP Address:127\.0\.0\.1/);
  assert.ok(certificate.checkIssued(new X509Certificate(readFileSync(files.ca))));
});

test('a second call keeps the files and the private key stays private', async () => {
  const files = await ensureCertificates(dataDir);
  const before = readFileSync(files.cert, 'utf8');
  await ensureCertificates(dataDir);
  assert.equal(readFileSync(files.cert, 'utf8'), before);
  assert.equal(statSync(files.key).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(dataDir, 'tls')).sort(), ['ca.pem', 'server.key', 'server.pem']);
});

test('a folder that lacks a file is made again as a whole', async () => {
  const files = await ensureCertificates(dataDir);
  const before = readFileSync(files.ca, 'utf8');
  rmSync(files.key);
  writeFileSync(join(dataDir, 'tls', 'stray'), '');
  await ensureCertificates(dataDir);
  assert.notEqual(readFileSync(files.ca, 'utf8'), before);
  assert.equal(await statusOver(files, 'localhost'), 204);
});
