import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { reauthenticate } from '../../shared/platform/accounts/index.ts';
import { CREDENTIAL_ID, credentialKind } from '../../shared/platform/identity/index.ts';
import type { State } from '../../shared/platform/records/index.ts';
import { platform, systemOf } from '../access/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { countMails, mailTo, tokenIn } from './mailbox.ts';
import { bearing, logInTo, ownTenant, PASSPHRASE, verdict } from './people.ts';

const WRONG = 'not the passphrase';
const LOCKED = [429, 'platform.login_locked'];

/** Somebody with an open session and a customer to sign. */
async function signer() {
  const tenant = await ownTenant();
  const client = bearing(tenant, await logInTo(tenant));
  const { body } = await client.post('/api/v1/customers', { name: 'A', address: ['1 Street'] });
  const sign = (password: string): Promise<Answer> =>
    client.post(
      `/api/v1/customers/${body.id}/signatures`,
      { meaning: 'review', password },
      { 'if-match': '"1"' },
    );
  const stepUp = (password: string) => client.post('/api/v1/auth/step-up', { password });
  return { tenant, client, sign, stepUp };
}

/** The product for a request that has read a state before others wrote it. */
function readingFirst(early: State<unknown>): typeof platform {
  let isFirst = true;
  const recordsFor: typeof platform.records.for = caller => {
    const records = platform.records.for(caller);
    const scope: typeof records.scope = name => {
      const kept = records.scope(name);
      const state = async (...asked: Parameters<typeof kept.state>) => {
        if (!isFirst) return kept.state(...asked);
        isFirst = false;
        return early;
      };
      return { ...kept, state: state as typeof kept.state };
    };
    return { ...records, scope };
  };
  return { ...platform, records: { ...platform.records, for: recordsFor } };
}

describe('guesses at a signature', () => {
  test('are counted however many come at once: of many five are looked at, and the right one is none of the rest', async () => {
    const { sign } = await signer();
    const answers = await Promise.all([
      ...Array.from({ length: 25 }, () => sign(WRONG)),
      // Asked for last, when the others are under way.
      new Promise<Answer>(resolve => setImmediate(() => resolve(sign(PASSPHRASE)))),
    ]);
    const refused = answers.filter(({ body }) => body?.code === 'platform.signature_refused').length;
    const signed = answers.filter(({ status }) => status === 201).length;
    const locked = answers.filter(({ body }) => body?.code === 'platform.login_locked').length;
    assert.equal(refused + signed + locked, answers.length);
    // The right one counts for nothing before the lock, and afterwards it is refused like all others.
    assert.ok(refused <= (signed === 0 ? 5 : 9), `${refused} were looked at`);
    assert.deepEqual(verdict(await sign(PASSPHRASE)), LOCKED);
  });

  test('leave no way in for the right one that was under way when the lock fell', async () => {
    const { tenant, sign } = await signer();
    const { body: me } = await tenant.owner.get('/api/v1/me');
    const caller = { ...systemOf(tenant), user: me.id };
    const early = await platform.records.for(caller).scope(me.id).state(credentialKind, CREDENTIAL_ID);
    assert.ok(early !== undefined);
    for (let time = 0; time < 5; time += 1) assert.equal((await sign(WRONG)).status, 403);
    const late = reauthenticate(readingFirst(early), caller, { password: PASSPHRASE });
    await assert.rejects(late, { code: 'platform.login_locked' });
  });

  test('are forgotten by the right word', async () => {
    const { sign } = await signer();
    for (let round = 0; round < 2; round += 1) {
      for (let time = 0; time < 4; time += 1) assert.equal((await sign(WRONG)).status, 403);
      assert.equal((await sign(PASSPHRASE)).status, 201);
    }
  });
});

describe('a stranger who guesses at somebody’s login', () => {
  let session: { tenant: OwnTenant; client: Client } & Awaited<ReturnType<typeof signer>>;

  before(async () => {
    session = await signer();
    const { tenant } = session;
    for (let time = 0; time < 6; time += 1) await logInTo(tenant, tenant.email, WRONG);
    assert.deepEqual(verdict(await logInTo(tenant)), LOCKED);
  });

  test('does not keep them from signing and proving anew in a session that is open', async () => {
    assert.equal((await session.sign(PASSPHRASE)).status, 201);
    assert.equal((await session.stepUp(PASSPHRASE)).status, 200);
  });

  test('is not let in by what they prove there', async () => {
    assert.equal((await session.stepUp(PASSPHRASE)).status, 200);
    assert.deepEqual(verdict(await logInTo(session.tenant)), LOCKED);
  });
});

test('guesses in an open session lock what is guessed at, and tell the person', async () => {
  const { tenant, sign, stepUp } = await signer();
  for (let time = 0; time < 3; time += 1) assert.equal((await stepUp(WRONG)).status, 422);
  for (let time = 0; time < 2; time += 1) assert.equal((await sign(WRONG)).status, 403);
  assert.deepEqual(verdict(await sign(PASSPHRASE)), LOCKED);
  assert.deepEqual(verdict(await stepUp(PASSPHRASE)), LOCKED);
  assert.equal((await logInTo(tenant)).status, 200);
  await mailTo(tenant.email, /^Failed logins/);
});

describe('a stranger who asks for somebody’s reset', () => {
  const ask = (of: OwnTenant) => of.anonymous.post('/api/v1/auth/password-reset', { email: of.email });
  const set = (of: OwnTenant, token: string, password: string) =>
    of.anonymous.post('/api/v1/auth/password', { token, password });

  test('does not void the link that somebody has; the first that is used ends all', async () => {
    const own = await ownTenant();
    await ask(own);
    const first = tokenIn(await mailTo(own.email, /^Reset your password/));
    await ask(own);
    const second = tokenIn(await mailTo(own.email, /^Reset your password/, 2));
    assert.notEqual(second, first);
    assert.equal((await set(own, first, 'violet kettles at noon')).status, 204);
    assert.deepEqual(verdict(await set(own, second, 'other kettles at noon')), [
      422,
      'platform.link_invalid',
    ]);
  });

  test('uses up no more than letters: each of the three that were sent is good', async () => {
    const own = await ownTenant();
    const tokens: string[] = [];
    for (let time = 0; time < 5; time += 1) {
      await ask(own);
      if (time < 3) tokens.push(tokenIn(await mailTo(own.email, /^Reset your password/, time + 1)));
    }
    assert.equal(await countMails(own.email, /^Reset your password/), 3);
    assert.equal((await set(own, tokens[0] ?? '', 'violet kettles at noon')).status, 204);
  });
});
