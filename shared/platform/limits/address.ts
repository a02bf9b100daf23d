import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;

/** What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which is what a subscriber gets (RFC 6177). */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  const [, ipv4] = MAPPED.exec(plain) ?? [];
  if (ipv4 !== undefined) return ipv4;
  if (!isIPv6(plain)) return address;
  // As a host of a URL an address is written the shortest way (RFC 5952), IPv4 at its end as two groups.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const left = head.split(':').filter(group => group !== '');
  const right = tail?.split(':').filter(group => group !== '') ?? [];
  const zeros = Array.from({ length: GROUPS - left.length - right.length }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
