import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

type CertificateOptions = NonNullable<Parameters<typeof generate>[1]>;

const VALID_YEARS = 10;
const CA_NAME = 'Touchstone local CA';

/** Makes the authority, signs the servers' certificate with it and puts both in place at once. */
export async function generateInto(dataDir: string, folder: string): Promise<void> {
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
