import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import type { ApiReply } from '../../platform/http/index.ts';
import { verificationRoutes } from './verify-certificate.ts';

const certificate = {
  ...{ number: 'CAL-2026-00042', revision: 0, state: 'issued', issuedAt: '2026-11-20T23:30:00.000Z' },
  ...{ verificationCode: '7k3f-92mq-h4xw-0dzp', artifact: { sha256: 'ab'.repeat(32) } },
  ...{ supersededBy: null, revocation: null },
};
const tenant = {
  locale: 'en',
  timeZone: 'Europe/Berlin',
  branding: { legalName: 'Northgate Metrology Ltd', address: [], colour: '#16324f' },
};
// Only what verification asks for.
const platform = {
  tenants: { byId: async () => tenant },
  records: {
    for: () => ({
      list: async (_kind: unknown, { where }: { where: { number: string } }) => ({
        items: where.number === certificate.number ? [{ data: certificate }] : [],
      }),
    }),
  },
} as unknown as Capabilities;

async function visit(path: string, query: object, params: object = {}): Promise<ApiReply> {
  const route = verificationRoutes.find(candidate => candidate.path === path);
  assert.ok(route);
  const request = {
    caller: { tenant: 'tnt_1' } as unknown as Caller,
    params,
    query,
    header: () => undefined,
  };
  return route.handle(request as unknown as Parameters<typeof route.handle>[0], platform);
}

test('the address that is printed asks for number and code', async () => {
  const { status, body } = await visit('//verify', {});
  assert.equal(status, 200);
  assert.match(String(body), /<input id="number"[\s\S]*<input id="code"/);
});

test('number and code are found however they are typed, with the day where the laboratory is', async () => {
  const typed = { number: ' cal-2026-00042 ', code: '7K3F 92MQ H4XW 0DZP ' };
  const { status, body } = await visit('//verify', typed);
  assert.equal(status, 200);
  assert.match(String(body), /Valid[\s\S]*21 November 2026/);
});

test('what was mistyped is kept', async () => {
  const { status, body } = await visit('//verify', { number: 'CAL-2026-00024', code: '7k3f' });
  assert.equal(status, 404);
  assert.match(String(body), /value="CAL-2026-00024"[\s\S]*value="7k3f"/);
});

test('the QR code leads to the certificate at once', async () => {
  const { status, body } = await visit(
    '//verify/:number',
    { code: certificate.verificationCode },
    { number: certificate.number },
  );
  assert.equal(status, 200);
  assert.ok(String(body).includes('ab'.repeat(32)));
});
