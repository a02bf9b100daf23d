import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, logIn } from '../../scripts/demo/client.ts';
import { systemCaller } from '../../shared/kernel/index.ts';
import { jobKind } from '../../shared/platform/jobs/index.ts';
import { provisionJob } from '../../shared/platform/provisioning/index.ts';
import { PLATFORM, PLATFORM_SLUG } from '../../shared/platform/tenancy/index.ts';
import { countMails, mailTo, tokenIn } from '../identity/mailbox.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

const PASSWORD = 'violet kettles at noon';
const SUBJECT = /^Your login at/;

describe('the first administrator of a new tenant', () => {
  let operators: Operators;

  before(async () => {
    operators = await openOperators();
  });

  async function makeTenant() {
    const slug = `f${operators.product.platform.newKey().slice(-16)}`;
    const made = await operators.order(orderOf(slug, await operators.plan()));
    return { ...made, slug, email: `owner@${slug}.example` };
  }

  function choosePassword(slug: string, token: string): Promise<Answer> {
    return operators.at(slug).post('/api/v1/auth/password', { token, password: PASSWORD });
  }

  function inviteAgain(id: string, body: object = {}): Promise<Answer> {
    return operators.operator.post(`/api/v1/tenants/${id}/invitation`, body);
  }

  test('gets a link by mail, and logs in by it on the host of the new tenant', async () => {
    const { slug, email } = await makeTenant();
    const mail = await mailTo(email, SUBJECT);
    assert.match(mail.text, new RegExp(`//${slug}\\.localhost[:/]`));
    assert.equal((await choosePassword(slug, tokenIn(mail))).status, 204);
    const owner = await logIn(operators.at(slug).origin, email, PASSWORD);
    const { body } = await owner.get('/api/v1/users');
    assert.deepEqual(
      body.items.map((user: { email: string; roles: string[]; status: string }) => [
        user.email,
        user.roles,
        user.status,
      ]),
      [[email, ['tenant-owner'], 'active']],
    );
  });

  test('is one, with one mail, also when the job runs twice', async () => {
    const { id, email, job } = await makeTenant();
    await mailTo(email, SUBJECT);
    const { platform } = operators.product;
    const caller = systemCaller(PLATFORM, PLATFORM_SLUG, 'again');
    const scope = platform.records.for(caller).scope(id);
    const record = await scope.get(jobKind, job.id);
    const print = () => Promise.reject(new Error('nothing is printed'));
    await provisionJob.run({
      ...{ job: record, scope, caller, platform, print, attempt: 2 },
      progress: () => Promise.resolve(),
      step: () => 'started',
      checkpoint: () => undefined,
      keep: () => Promise.resolve(),
      isTimeUp: () => false,
    });
    assert.equal(await countMails(email, SUBJECT), 1);
    const owner = operators.at(email.split(/[@.]/)[1] ?? '').as(await operators.token(id, ['tenant-owner']));
    assert.equal((await owner.get('/api/v1/users')).body.items.length, 1);
  });

  test('is invited again until somebody has come', async () => {
    const { id, slug, email } = await makeTenant();
    const first = tokenIn(await mailTo(email, SUBJECT));
    assert.equal((await inviteAgain(id)).status, 202);
    const second = tokenIn(await mailTo(email, SUBJECT, 2));
    assert.equal((await choosePassword(slug, first)).body.code, 'platform.link_invalid');
    assert.equal((await choosePassword(slug, second)).status, 204);
    const late = await inviteAgain(id);
    assert.deepEqual([late.status, late.body.code], [409, 'platform.tenant_has_owner']);
  });

  test('can be somebody else when the address was wrong, and the first link opens nothing then', async () => {
    const { id, slug, email } = await makeTenant();
    const wrong = tokenIn(await mailTo(email, SUBJECT));
    const right = `right@${slug}.example`;
    assert.equal((await inviteAgain(id, { administrator: { email: right, name: 'Right One' } })).status, 202);
    const token = tokenIn(await mailTo(right, SUBJECT));
    assert.equal((await choosePassword(slug, wrong)).body.code, 'platform.link_invalid');
    assert.equal((await choosePassword(slug, token)).status, 204);
    const owner = await logIn(operators.at(slug).origin, right, PASSWORD);
    const { body } = await owner.get('/api/v1/audit?action=platform.user.created');
    assert.equal(body.items[0].by.name, 'A tester', 'it stands in the tenant’s own history');
  });
});
