import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpRequest } from '@azure/functions';
import { toWire } from './wire.ts';

const request = (frontDoorId: string | undefined): HttpRequest =>
  new HttpRequest({
    method: 'GET',
    url: 'https://func.example/api/health/live',
    headers: {
      host: 'func.example',
      'x-forwarded-host': 'acme.example',
      'x-azure-clientip': '192.0.2.7',
      ...(frontDoorId === undefined ? {} : { 'x-azure-fdid': frontDoorId }),
    },
  });

test('a forwarded host is believed from each of our Front Door profiles', () => {
  for (const id of ['one', 'two']) {
    const { host, address } = toWire(request(id), ['one', 'two']);
    assert.deepEqual([host, address], ['acme.example', '192.0.2.7']);
  }
});

test('and from nobody else: not from another Front Door, nor when we have none', () => {
  assert.equal(toWire(request('three'), ['one', 'two']).host, 'func.example');
  assert.equal(toWire(request(undefined), ['one']).host, 'func.example');
  assert.equal(toWire(request(''), []).host, 'func.example');
  assert.equal(toWire(request('one'), []).address, undefined);
});

test('an address is what the proxy before us saw, and not what the client says of itself', () => {
  for (const [forwarded, seen] of [
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9:50123', '203.0.113.9'],
    ['198.51.100.1,198.51.100.2 , 203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 2001:db8::9', '2001:db8::9'],
    ['', undefined],
  ] as const) {
    const headers = { host: 'func.example', 'x-forwarded-for': forwarded };
    const asked = new HttpRequest({ method: 'GET', url: 'https://func.example/', headers });
    assert.equal(toWire(asked, ['one']).address, seen, forwarded);
  }
});
