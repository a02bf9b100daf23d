import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of the certificate authority that clients trust, and of the certificate and key that servers show. */
export type TlsFiles = { readonly ca: string; readonly cert: string; readonly key: string };

const RENEW_BEFORE_DAYS = 30;
const DAY_MS = 86_400_000;

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
  if (areUsable(files)) return files;
  // Loading what signs takes longer than signing, so only a first start pays for it.
  const { generateInto } = await import('./generate.ts');
  await generateInto(dataDir, folder);
  return files;
}

function areUsable(files: TlsFiles): boolean {
  if (![files.ca, files.cert, files.key].every(file => existsSync(file))) return false;
  const expiry = new X509Certificate(readFileSync(files.cert)).validToDate.getTime();
  return expiry - Date.now() > RENEW_BEFORE_DAYS * DAY_MS;
}
