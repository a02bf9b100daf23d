import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { defineFaults } from '../../kernel/index.ts';

export const webhookFault = defineFaults({
  'platform.webhook_event_unknown': { status: 422, retry: 'never' },
  'platform.webhook_insecure': { status: 422, retry: 'never' },
  'platform.webhook_unreachable_address': { status: 422, retry: 'never' },
});

/** What outgoing calls may reach, and who says where names lead to; the system unless told otherwise. */
export type OutboundRules = {
  /** This very machine is reached, without TLS, too: for development. */
  readonly allowLoopback: boolean;
  readonly resolve?: (
    host: string,
  ) => Promise<{ readonly address: string; readonly family: number } | undefined>;
};

const BLOCKED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const BLOCKED_V6 = [
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
  '5f00::/16',
  'fc00::/7',
  'fec0::/10',
  'fe80::/10',
  'ff00::/8',
];

const blocked = new BlockList();
for (const range of BLOCKED_V4) addRange(range, 'ipv4');
for (const range of BLOCKED_V6) addRange(range, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function addRange(range: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', bits = ''] = range.split('/');
  blocked.addSubnet(network, Number(bits), family);
}

/**
 * The address to connect to, resolved once so that it cannot change afterwards. Private, loopback, link-local,
 * metadata, multicast and documentation addresses are refused (OWASP API7:2023), as is plain HTTP.
 */
export async function assertReachable(
  url: URL,
  rules: OutboundRules,
): Promise<{ address: string; family: 4 | 6 }> {
  const mayBePlain = url.protocol === 'https:' || rules.allowLoopback;
  if (!mayBePlain) throw webhookFault('platform.webhook_insecure');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const resolved = isIP(host) === 0 ? await resolve(host, rules) : { address: host, family: isIP(host) };
  const [family, network] = resolved.family === 6 ? ([6, 'ipv6'] as const) : ([4, 'ipv4'] as const);
  const reached = { address: resolved.address, family };
  if (rules.allowLoopback && loopback.check(resolved.address, network)) return reached;
  if (url.protocol !== 'https:') throw webhookFault('platform.webhook_insecure');
  if (blocked.check(resolved.address, network)) throw webhookFault('platform.webhook_unreachable_address');
  return reached;
}

/** A name that leads nowhere is as unreachable as a private address. */
async function resolve(host: string, rules: OutboundRules): Promise<{ address: string; family: number }> {
  try {
    const found = await (rules.resolve ?? lookup)(host);
    if (found !== undefined) return found;
  } catch (error) {
    throw webhookFault('platform.webhook_unreachable_address', { host }, error);
  }
  throw webhookFault('platform.webhook_unreachable_address', { host });
}
