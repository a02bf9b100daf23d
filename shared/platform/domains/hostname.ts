import { domainToASCII } from 'node:url';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MOST = 253;
/** Below the host name itself, so that it can stand beside a CNAME record (RFC 1034 section 3.6.2). */
const PROOF_LABEL = '_touchstone';

/**
 * A host name as it is compared: ASCII (IDNA 2008, UTS 46), lower case, without a dot at its end. Undefined when the
 * text is none, or has one label only, or is an address.
 */
export function hostnameOf(text: string): string | undefined {
  const hostname = domainToASCII(text.trim().replace(/\.$/, ''));
  const labels = hostname.split('.');
  const isName = labels.length > 1 && labels.every(label => LABEL.test(label)) && hostname.length <= MOST;
  return isName && !/^\d+$/.test(labels.at(-1) ?? '') ? hostname : undefined;
}

/** Whether a host name is the platform's own or below it. */
export function isUnder(hostname: string, baseDomain: string): boolean {
  return hostname === baseDomain || hostname.endsWith(`.${baseDomain}`);
}

/** Whether others have names of their own below a host name (https://publicsuffix.org), so that it is nobody's alone: `co.uk`, `github.io`. */
export async function isPublicSuffix(hostname: string): Promise<boolean> {
  const { getPublicSuffix } = await import('tldts');
  return getPublicSuffix(hostname, { allowPrivateDomains: true }) === hostname;
}

/** Where the proof of a host name stands. */
export function proofNameOf(hostname: string): string {
  return `${PROOF_LABEL}.${hostname}`;
}

/** What the TXT record says. */
export function proofTextOf(token: string): string {
  return `touchstone-domain-verification=${token}`;
}
