import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { type Client, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { systemCaller } from '../../shared/kernel/index.ts';
import { PLATFORM, PLATFORM_SLUG, tenantKind } from '../../shared/platform/tenancy/index.ts';
import { countMails, mailTo, tokenIn } from '../identity/mailbox.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

const CONFIRM = /^Confirm your address/;
const PATIENCE = 60_000;

describe('self-signup', () => {
  let operators: Operators;
  let plan: string;
  let stranger: Client;
  let slug: string;
  let wish: Readonly<Record<string, string>>;

  const newSlug = (): string => `s${operators.product.platform.newKey().slice(-16)}`;

  async function decide(open: boolean) {
    const { headers } = await operators.operator.get('/api/v1/signup-policy');
    return operators.operator.call('PUT', '/api/v1/signup-policy', {
      body: { open, plan, region: 'local' },
      headers: { 'if-match': headers['etag'] ?? '' },
    });
  }

  before(async () => {
    operators = await openOperators();
    plan = await operators.plan({ trialDays: 14 });
    stranger = operators.at(PLATFORM_SLUG);
  });

  beforeEach(async () => {
    assert.equal((await decide(true)).status, 200);
    slug = newSlug();
    wish = {
      organization: `Laboratory ${slug}`,
      slug,
      name: 'Helen Marchetti',
      email: `helen@${slug}.example`,
      locale: 'en-GB',
      currency: 'GBP',
      timeZone: 'Europe/London',
    };
  });

  const ask = (changes: object = {}) => stranger.post('/api/v1/signups', { ...wish, ...changes });
  const confirm = (token: string, other?: string) =>
    stranger.post('/api/v1/signups/confirm', { token, ...(other === undefined ? {} : { slug: other }) });
  const email = (): string => wish['email'] ?? '';

  async function token(): Promise<string> {
    assert.equal((await ask()).status, 202);
    return tokenIn(await mailTo(email(), CONFIRM));
  }

  const served = (name: string) =>
    until(
      () => operators.at(name).get('/api/v1/tenant-info'),
      ({ status }) => status === 200,
      PATIENCE,
      `${name} is served`,
    );

  test('is over for the day when so many have asked as operators let, for whatever address', async () => {
    assert.equal((await ask()).status, 202);
    const { headers, body } = await operators.operator.get('/api/v1/signup-policy');
    const put = (changes: object, etag: string) =>
      operators.operator.call('PUT', '/api/v1/signup-policy', {
        body: { ...body, ...changes },
        headers: { 'if-match': etag },
      });
    const lowered = await put({ perDay: 1 }, headers['etag'] ?? '');
    assert.deepEqual([lowered.status, lowered.body.perDay], [200, 1]);
    for (const email of [wish['email'], `other@${slug}.example`]) {
      const refused = await ask({ email });
      assert.deepEqual([refused.status, refused.body.code], [429, 'platform.signups_over']);
      const wait = Number(refused.headers['retry-after']);
      assert.ok(wait >= 1 && wait <= 86_400, String(wait));
    }
    assert.equal((await put({ perDay: body.perDay }, lowered.headers['etag'] ?? '')).status, 200);
    assert.equal((await ask({ email: `other@${slug}.example` })).status, 202);
  });

  test('makes a tenant on trial of who proves an address, and invites them', async () => {
    const { status, body } = await confirm(await token());
    assert.equal(status, 202, JSON.stringify(body));
    assert.match(body.url, new RegExp(`//${slug}\\.`));
    const info = await served(slug);
    assert.equal(info.body.name, wish['organization']);
    const account = (await operators.operator.get(`/api/v1/tenants/${body.tenantId}`)).body;
    assert.deepEqual(
      [account.origin, account.subscription.state, account.status],
      ['signup', 'trial', 'active'],
    );
    await mailTo(email(), /^Your login at/);
  });

  test('makes nothing before the address is proved', async () => {
    await token();
    assert.equal((await operators.at(slug).get('/api/v1/tenant-info')).status, 404);
    const { body } = await operators.operator.get(`/api/v1/tenants?slug=${slug}`);
    assert.deepEqual(body.items, []);
  });

  test('by one link makes one tenant, however often and however fast it is used', async () => {
    const link = await token();
    const answers = await Promise.all(Array.from({ length: 6 }, () => confirm(link, newSlug())));
    assert.equal(
      answers.filter(({ status }) => status === 202).length,
      1,
      JSON.stringify(answers.map(a => a.body)),
    );
    for (const { status, body } of answers)
      assert.ok(status === 202 || body.code === 'platform.signup_link_invalid', JSON.stringify(body));
    assert.equal((await confirm(link)).body.code, 'platform.signup_link_invalid');
  });

  test('tells that a name is taken to who has proved an address only, and lets them choose another', async () => {
    const taken = newSlug();
    await operators.order(orderOf(taken, plan));
    assert.equal((await ask({ slug: taken })).status, 202);
    const link = tokenIn(await mailTo(email(), CONFIRM));
    const refused = await confirm(link);
    assert.deepEqual([refused.status, refused.body.code], [409, 'platform.slug_taken']);
    assert.equal(refused.body.errors[0].pointer, '#/slug');
    assert.equal((await confirm(link, 'platform')).body.code, 'platform.slug_reserved');
    assert.equal((await confirm(link, slug)).status, 202);
    await served(slug);
  });

  test('may be begun anew when what came of it was undone', async () => {
    const { body } = await confirm(await token());
    await served(slug);
    const { platform } = operators.product;
    const scope = platform.records.for(systemCaller(PLATFORM, PLATFORM_SLUG, 'test')).scope(body.tenantId);
    assert.equal((await ask()).status, 202, 'heard, and nothing done');
    const account = await scope.get(tenantKind, body.tenantId);
    await scope.commit({
      action: 'test.tenant.undone',
      update: [{ record: account, data: { ...account.data, status: 'deleted' } }],
    });
    assert.equal((await ask()).status, 202);
    const second = tokenIn(await mailTo(email(), CONFIRM, 2));
    const other = newSlug();
    const again = await confirm(second, other);
    assert.equal(again.status, 202, JSON.stringify(again.body));
    assert.notEqual(again.body.tenantId, body.tenantId);
    await served(other);
  });

  test('fills nobody’s mailbox, and answers the same', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask()));
    answers.push(await ask({ email: email().toUpperCase() }));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
    await mailTo(email(), CONFIRM);
    assert.equal(await countMails(email(), CONFIRM), 1);
  });

  test('takes no link that is not one of ours', async () => {
    const link = await token();
    const forged = [`${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`, 'tss_x', `tsi_${link.slice(4)}`];
    for (const other of forged)
      assert.equal((await confirm(other)).body.code, 'platform.signup_link_invalid', other);
  });

  test('is there on the platform’s own host alone, and only while operators leave it open', async () => {
    const { id: _id } = await operators.order(orderOf(slug, plan));
    await served(slug);
    assert.equal(
      (await operators.at(slug).post('/api/v1/signups', wish)).body.code,
      'platform.route_unknown',
    );
    const link = await token();
    assert.equal((await decide(false)).status, 200);
    assert.equal((await ask()).body.code, 'platform.signup_closed');
    assert.equal((await confirm(link)).body.code, 'platform.signup_closed');
  });

  test('has a page behind its link, which does nothing until somebody presses the button', async () => {
    const link = await token();
    const page = await stranger.get(`/signup/confirm?token=${link}`);
    assert.match(page.bytes.toString(), /<form method="post" action="\/signup\/confirm">/);
    assert.equal((await operators.at(slug).get('/api/v1/tenant-info')).status, 404);
    const form = new URLSearchParams({ token: link, slug: '' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const done = await openClient(stranger.origin).call('POST', '/signup/confirm', { body: form, headers });
    assert.equal(done.status, 200, done.bytes.toString());
    await served(slug);
  });

  test('keeps nothing of a person in the open, and what it keeps ends by itself', async () => {
    await token();
    const { stores } = operators.product;
    const rows = await stores.records.query<{ type: string; ttl?: number }>([PLATFORM, 'signups'], {
      text: 'SELECT * FROM c',
      parameters: {},
    });
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(`${email()}|Helen`, 'i'));
    const states = rows.filter(({ type }) => type === 'state');
    assert.ok(states.length > 0 && states.every(({ ttl }) => ttl === 86_400));
  });
});
