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
  const { html } = verificationPage({ what: 'found', verification }, tenant);
  assert.match(html, /role="status"[^>]*>This certificate was revoked/);
  assert.match(html, /<dd>2026-11-20<\/dd>/);
  assert.ok(html.includes(verification.sha256));
  assert.ok(!html.includes('Replaced by'));
});

test('asks for the code when it is missing or wrong', () => {
  for (const what of ['ask', 'unknown'] as const) {
    const { html } = verificationPage({ what, number: 'CAL-2026-00042' }, tenant);
    assert.match(html, /<label for="code">/);
    assert.match(html, /<input id="code" name="code" required/);
    assert.equal(html.includes('role="alert"'), what === 'unknown');
  }
});

test('nothing that is shown becomes markup', () => {
  const number = '"><script>alert(1)</script>';
  const { html } = verificationPage({ what: 'unknown', number }, tenant);
  assert.ok(!html.includes('<script'));
  assert.ok(html.includes('Müller &amp; &lt;Sons&gt;'));
});

test('the policy lets in this very style and nothing else', () => {
  const { html, policy } = verificationPage({ what: 'ask', number: 'x' }, tenant);
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  assert.ok(policy.includes(`style-src 'sha256-${digest}'`));
  assert.ok(policy.startsWith("default-src 'none'"));
  assert.ok(!html.includes('style='));
});
