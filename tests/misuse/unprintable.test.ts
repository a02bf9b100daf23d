import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ownTenant } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';

const TEXTS = ['Dr\u202Enaitsirhc', 'A\r\nBcc: evil@x.example', 'A\u0000B'];

let tenant: OwnTenant;

before(async () => {
  tenant = await ownTenant();
});

describe('A text that cannot be printed', () => {
  for (const [path, bodyWith, pointer] of [
    ['/api/v1/users', (name: string) => ({ email: 'a@x.example', name, roles: ['viewer'] }), '#/name'],
    [
      '/api/v1/users',
      (title: string) => ({ email: 'a@x.example', name: 'A', title, roles: ['viewer'] }),
      '#/title',
    ],
    ['/api/v1/branches', (name: string) => ({ name, address: [] }), '#/name'],
    ['/api/v1/branches', (line: string) => ({ name: 'A', address: [line] }), '#/address/0'],
    [
      '/api/v1/roles',
      (en: string) => ({ name: { en }, permissions: ['calibration.customer:read'] }),
      '#/name/en',
    ],
  ] as const)
    test(`is refused at ${pointer} of POST ${path}`, async () => {
      for (const text of TEXTS) {
        const { status, body } = await tenant.owner.post(path, bodyWith(text));
        const told = body.errors?.map((error: { pointer: string; code: string }) => [
          error.pointer,
          error.code,
        ]);
        assert.deepEqual([status, told], [400, [[pointer, 'unprintable']]], JSON.stringify(text));
      }
    });

  test('is refused as the legal name that stands on certificates and in mail', async () => {
    const { headers, body: settings } = await tenant.owner.get('/api/v1/tenant-settings');
    for (const legalName of TEXTS) {
      const change = { branding: { ...settings.branding, legalName } };
      const answer = await tenant.owner.patch('/api/v1/tenant-settings', change, {
        'if-match': headers['etag'] ?? '',
      });
      const told = answer.body.errors?.map((error: { code: string }) => error.code);
      assert.deepEqual([answer.status, told], [400, ['unprintable']], JSON.stringify(legalName));
    }
  });
});
