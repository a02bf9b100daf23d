import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Tenant } from '../../platform/tenancy/index.ts';
import { type Verification, verificationPage } from './verification-page.ts';

const tenant: Tenant = {
  ...{ id: 'tnt_1', slug: 'lab', name: 'Lab', status: 'active', locale: 'en', timeZone: 'UTC' },
  currency: 'GBP',
  branding: { legalName: 'Müller & <Sons>', address: [], colour: '#16324f' },
};
const verification: Verification = {
  ...{ number: 'CAL-2026-00042', revision: 1, status: 'revoked', issuedOn: '2026-11-20' },
  ...{ sha256: 'ab'.repeat(32), laboratory: 'Müller & <Sons>', supersededBy: null },
  revokedAt: '2026-11-21T00:00:00.000Z',
};

test('says status, date and hash, and nothing that was not asked for', () => {
  const { html } = verificationPage({ what: 'found', verification }, tenant, 'en');
  assert.match(
    html,
    /role="status"[\s\S]*Revoked[\s\S]*revoked by the laboratory on <time[^>]*>21 November 2026</,
  );
  assert.match(html, /<time datetime="2026-11-20">20 November 2026<\/time>/);
  assert.doesNotMatch(html, />[^<]*T00:00:00/);
  assert.ok(html.includes(verification.sha256));
  assert.ok(!html.includes('newer one'));
});

test('asks again when number or code is missing or wrong, and keeps what was typed', () => {
  for (const what of ['ask', 'unknown'] as const) {
    const { html } = verificationPage({ what, number: 'CAL-2026-00042', code: 'abc' }, tenant, 'en');
    assert.match(html, /<label for="code">/);
    assert.match(html, /<form method="get" action="\/verify">/);
    assert.match(html, /<input id="number" name="number" value="CAL-2026-00042"/);
    assert.match(html, /<input id="code" name="code" value="abc"/);
    assert.equal(html.includes('role="alert"'), what === 'unknown');
  }
});

test('nothing that is shown becomes markup', () => {
  const number = '"><script>alert(1)</script>';
  const { html } = verificationPage({ what: 'unknown', number, code: number }, tenant, 'en');
  assert.ok(!html.includes('<script'));
  assert.ok(html.includes('Müller &amp; &lt;Sons&gt;'));
  assert.ok(!html.includes('<footer>'));
  const branding = { ...tenant.branding, footer: 'Registered <b>01234567</b>' };
  const page = verificationPage({ what: 'found', verification }, { ...tenant, branding }, 'en').html;
  assert.ok(page.includes('<footer>Registered &lt;b&gt;01234567&lt;/b&gt;</footer>'));
});

test('speaks Persian from right to left, with its own calendar and digits', () => {
  const { html } = verificationPage({ what: 'found', verification }, tenant, 'fa');
  assert.match(html, /^<!doctype html>\n<html lang="fa" dir="rtl">/);
  assert.match(html, /<time datetime="2026-11-20">۱۴۰۵\/۰۸\/۲۹<\/time>/);
  assert.match(html, /باطل‌شده[\s\S]*در <time[^>]*>۱۴۰۵\/۰۸\/۳۰</);
  assert.match(html, /<dd><bdi>CAL-2026-00042<\/bdi><\/dd>/);
  assert.doesNotMatch(html, /Certificate|Revoked|Issued/);
});

test('the policy lets in this very style and nothing else', () => {
  const { html, policy } = verificationPage({ what: 'ask', number: 'x', code: '' }, tenant, 'en');
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  assert.ok(policy.includes(`style-src 'sha256-${digest}'`));
  assert.ok(policy.startsWith("default-src 'none'"));
  assert.ok(!html.includes('style='));
});

test('leads from a superseded certificate to the newer one', () => {
  const superseded = { ...verification, status: 'superseded', supersededBy: 'CAL-2026-00043' } as const;
  const { html } = verificationPage({ what: 'found', verification: superseded }, tenant, 'en');
  assert.match(html, /<a href="\/verify\?number=CAL-2026-00043">CAL-2026-00043<\/a>/);
});

test('draws the logo as an image, so that nothing inside it can act', () => {
  const logoSvg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const branded = { ...tenant, branding: { ...tenant.branding, logoSvg } };
  const { html, policy } = verificationPage({ what: 'found', verification }, branded, 'en');
  assert.match(html, /<img src="data:image\/svg\+xml;base64,[^"]+" alt="">/);
  assert.ok(!html.includes('<script'));
  assert.match(policy, /img-src data:/);
});

test('text on the button is readable whatever the colour of the laboratory', () => {
  for (const [colour, text] of [
    ['#16324f', '#fff'],
    ['#ffd400', '#000'],
  ] as const) {
    const branded = { ...tenant, branding: { ...tenant.branding, colour } };
    const { html } = verificationPage({ what: 'ask', number: '', code: '' }, branded, 'en');
    assert.ok(html.includes(`--on-tenant:${text}`));
  }
});
