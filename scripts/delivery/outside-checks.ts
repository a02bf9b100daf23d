import { connect } from 'node:tls';
import { openClient } from '../demo/client.ts';

/** One thing that a stranger can find out, and what is wrong with it; nothing when all is well. */
export type Finding = { readonly check: string; readonly problems: readonly string[] };

const SECURITY_HEADERS: Readonly<Record<string, RegExp>> = {
  'strict-transport-security': /max-age=31536000; includeSubDomains; preload/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'content-security-policy': /default-src 'none'/,
  'cache-control': /no-store/,
  'x-request-id': /./,
};

/** Every part that requests need is up. */
export async function health(base: URL): Promise<Finding> {
  const { status, body } = await openClient(base.origin).get('/api/health/ready');
  const down = (body?.checks ?? []).filter((part: { status: string }) => part.status !== 'up');
  const named = down.map(({ name }: { name: string }) => `${name} is down`);
  return {
    check: 'health',
    problems: status === 200 ? named : [`/api/health/ready answers ${status}`, ...named],
  };
}

/** The tenant of the address is known before anybody logs in. */
export async function tenant(base: URL): Promise<Finding> {
  const { status } = await openClient(base.origin).get('/api/v1/tenant-info');
  return { check: 'tenant', problems: status === 200 ? [] : [`/api/v1/tenant-info answers ${status}`] };
}

/** Replies carry their security headers, and problems are problem documents. */
export async function headers(base: URL): Promise<Finding> {
  const { status, headers: given } = await openClient(base.origin).get('/api/v1/nowhere');
  const missing = Object.entries(SECURITY_HEADERS)
    .filter(([name, wanted]) => !wanted.test(given[name] ?? ''))
    .map(([name]) => `${name} is ${given[name] ?? 'missing'}`);
  const type = given['content-type'] ?? '';
  const problem = status === 404 && type.startsWith('application/problem+json');
  return {
    check: 'headers',
    problems: problem ? missing : [`an unknown path answers ${status} ${type}`, ...missing],
  };
}

/** A host that a client claims to come through is not believed. */
export async function forgedHost(base: URL): Promise<Finding> {
  const client = openClient(base.origin);
  const forged = {
    'x-forwarded-host': 'nobody.invalid',
    'x-azure-fdid': '00000000-0000-0000-0000-000000000000',
  };
  const [plain, claimed] = [
    await client.get('/api/v1/tenant-info'),
    await client.get('/api/v1/tenant-info', forged),
  ];
  const same = plain.status === claimed.status && plain.body?.slug === claimed.body?.slug;
  return { check: 'forged host', problems: same ? [] : ['x-forwarded-host of a client changes the tenant'] };
}

/** Plain HTTP is sent to HTTPS or refused. */
export async function plainHttp(base: URL): Promise<Finding> {
  const address = new URL('/api/health/live', base);
  address.protocol = 'http:';
  const { status, headers: given } = await openClient(address.origin).get(address.pathname);
  const redirected = [301, 302, 307, 308].includes(status) && (given['location'] ?? '').startsWith('https:');
  const refused = status === 403 || status === 400;
  return { check: 'plain http', problems: redirected || refused ? [] : [`plain HTTP is answered ${status}`] };
}

/** TLS older than 1.2 is refused. */
export function oldTls({ hostname, port }: URL): Promise<Finding> {
  const finding = (problems: readonly string[]): Finding => ({ check: 'old TLS', problems });
  return new Promise(resolve => {
    const socket = connect({
      host: hostname,
      port: Number(port || 443),
      servername: hostname,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      // OpenSSL would refuse these by itself, which would prove nothing about the server.
      ciphers: 'DEFAULT@SECLEVEL=0',
      // Whose certificate it is does not matter here, and nothing is said.
      rejectUnauthorized: false,
      timeout: 10_000,
    });
    const end = (problems: readonly string[]): void => {
      socket.destroy();
      resolve(finding(problems));
    };
    socket.on('secureConnect', () => end([`${socket.getProtocol()} is accepted`]));
    socket.on('timeout', () => end(['nobody answers']));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND' ? [error.code] : []),
    );
  });
}
