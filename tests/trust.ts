import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Lets SDKs in this process trust the servers of a stack, as NODE_EXTRA_CA_CERTS does for a process of its own. */
export function trustStack(settings: Readonly<Record<string, string>>): void {
  const own = readFileSync(settings['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), own]);
}
