import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { generate } from 'selfsigned';

/** Paths of the certificate authority that clients trust, and of the certificate and key that servers show. */
export type TlsFiles = { readonly ca: string; readonly cert: string; readonly key: string };

type CertificateOptions = NonNullable<Parameters<typeof generate>[1]>;

const VALID_YEARS = 10;
const RENEW_BEFORE_DAYS = 30;
const DAY_MS = 86_400_000;
const CA_NAME = 'Touchstone local CA';

/**
 * Returns the TLS files of a data directory and makes them when they are missing or about to expire.
 * The key of the authority is thrown away after signing, so that nobody can sign a second
 * certificate which the machine would trust.
 */
export async function ensureCertificates(dataDir: string): Promise<TlsFiles> {
  const folder = join(dataDir, 'tls');
  const files = {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'server.pem'),
    key: join(folder, 'server.key'),
  };
  if (!areUsable(files)) await generateInto(dataDir, folder);
  return files;
}

function areUsable(files: TlsFiles): boolean {
  if (![files.ca, files.cert, files.key].every(file => existsSync(file))) return false;
  const expiry = new X509Certificate(readFileSync(files.cert)).validToDate.getTime();
  return expiry - Date.now() > RENEW_BEFORE_DAYS * DAY_MS;
}

async function generateInto(dataDir: string, folder: string): Promise<void> {
  // Loading selfsigned takes longer than signing, so only a first start pays for it.
  const { generate } = await import('selfsigned');
  const validity = validityFromNow();
  const authority = await generate([{ name: 'commonName', value: CA_NAME }], {
    ...validity,
    extensions: caExtensions(),
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...validity,
    extensions: serverExtensions(),
    ca: { key: authority.private, cert: authority.cert },
  });
  mkdirSync(dataDir, { recursive: true });
  const draft = mkdtempSync(join(dataDir, 'tls-'));
  writeFileSync(join(draft, 'ca.pem'), authority.cert);
  writeFileSync(join(draft, 'server.pem'), server.cert);
  writeFileSync(join(draft, 'server.key'), server.private, { mode: 0o600 });
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
}

function validityFromNow(): CertificateOptions {
  // An hour back, so that a clock set back a little does not make a fresh certificate "not yet valid".
  const notBeforeDate = new Date(Date.now() - 3_600_000);
  const notAfterDate = new Date(notBeforeDate);
  notAfterDate.setFullYear(notBeforeDate.getFullYear() + VALID_YEARS);
  return { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', notBeforeDate, notAfterDate };
}

function caExtensions(): NonNullable<CertificateOptions['extensions']> {
  return [
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ];
}

function serverExtensions(): NonNullable<CertificateOptions['extensions']> {
  return [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 2, value: '*.localhost' },
        { type: 7, ip: '127.0.0.1' },
        { type: 7, ip: '::1' },
      ],
    },
  ];
}
