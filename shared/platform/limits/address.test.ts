import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { networkOf } from './address.ts';

describe('what counts as one address', () => {
  test('is an IPv4 address, also in the form of IPv6', () => {
    assert.equal(networkOf('192.0.2.7'), '192.0.2.7');
    assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7');
    assert.notEqual(networkOf('192.0.2.7'), networkOf('192.0.2.8'));
  });

  test('is the /64 of an IPv6 address, however it is written', () => {
    for (const one of [
      '2001:db8::1',
      '2001:db8::f03c:91ff:fe24:3a2f',
      '2001:DB8:0:0:1:2:3:4',
      '2001:db8::192.0.2.1',
    ])
      assert.equal(networkOf(one), '2001:db8:0:0::/64', one);
    assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.notEqual(networkOf('2001:db8:0:1::1'), networkOf('2001:db8::1'));
  });

  test('depends on the first four groups and on nothing else', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const written = (parts: readonly number[]): string => parts.map(part => part.toString(16)).join(':');
    fc.assert(
      fc.property(groups, groups, (one, other) => {
        const network = networkOf(written(one));
        if (network.includes('.')) return; // IPv4 in the form of IPv6
        assert.equal(networkOf(written([...one.slice(0, 4), ...other.slice(4)])), network);
        assert.equal(network, `${written(one.slice(0, 4))}::/64`);
      }),
    );
  });

  test('is what was told where it is no address', () => {
    assert.equal(networkOf('unknown'), 'unknown');
  });
});
