import { randomBytes } from 'node:crypto';
import { authenticatorOf } from './authenticator.ts';
import { type Client, logIn, openClient } from './client.ts';
import { expect, expectStatus, until } from './expect.ts';
import { awaitMail, linkIn } from './mailbox.ts';
import type { Narrator } from './narrator.ts';
import { hostOf, logInOperator, moveTenant, orderTenant, type Stage } from './operators.ts';
import { playPersonalData } from './personal-data.ts';

const PASSWORD = 'copper kettles before dawn';
/** What operators change is felt everywhere within a minute. */
const A_MINUTE = 60_000;

type NewTenant = { readonly id: string; readonly slug: string; readonly email: string };

/**
 * The second act: an operator makes a tenant, its first owner comes by the link of a mail, gives themselves a second factor,
 * makes a role and a key; the tenant is suspended and served again; a person is told what is known of them, and erased.
 */
export async function playNewTenant(tell: Narrator, stage: Stage): Promise<void> {
  tell.heading('Second act: a tenant of its own');
  const operator = await tell.step(
    'an operator logs in, with a second factor',
    () => logInOperator(stage),
    () => hostOf(stage, 'platform'),
  );
  const tenant = await provision(tell, operator);
  const owner = await enter(tell, stage, tenant);
  await giveRole(tell, owner);
  await giveKey(tell, owner);
  await suspend(tell, operator, tenant, owner);
  await playPersonalData(tell, owner);
}

async function provision(tell: Narrator, operator: Client): Promise<NewTenant> {
  const slug = `west-${randomBytes(4).toString('hex')}`;
  const email = `nora.bell@${slug}.example`;
  return tell.step(
    'order a tenant, and it is made',
    async () => ({ id: await orderTenant(operator, slug, { email, name: 'Nora Bell' }), slug, email }),
    ({ id }) => `${slug} ${id}`,
  );
}

async function enter(tell: Narrator, stage: Stage, { slug, email }: NewTenant): Promise<Client> {
  const origin = hostOf(stage, slug);
  const { url, token } = await tell.step(
    'its first owner is invited by mail',
    async () => linkIn((await awaitMail(stage.mailUrl, email)).text),
    link => `${link.url.host}${link.url.pathname}`,
  );
  expect(url.hostname.startsWith(`${slug}.`), 'the link leads to the new tenant’s host');
  const client = await tell.step(
    'choose a password by the link, and log in',
    async () => {
      const answer = await openClient(origin).post('/api/v1/auth/password', { token, password: PASSWORD });
      expectStatus(answer, 204, 'the first password');
      return logIn(origin, email, PASSWORD);
    },
    () => email,
  );
  await enrol(tell, client);
  return client;
}

async function enrol(tell: Narrator, client: Client): Promise<void> {
  await tell.step(
    'enrol an authenticator',
    async () => {
      const shown = expectStatus(await client.post('/api/v1/me/second-factor'), 200, 'the QR code');
      const code = authenticatorOf(shown.uri).next();
      const confirmed = await client.post('/api/v1/me/second-factor/confirmation', { code });
      return expectStatus(confirmed, 200, 'the first code').recoveryCodes;
    },
    codes => `${codes.length} recovery codes`,
  );
}

async function giveRole(tell: Narrator, owner: Client): Promise<void> {
  const permissions = ['calibration.customer:read', 'calibration.customer:write', 'calibration.srf:read'];
  const role = await tell.step(
    'make a role of its own',
    async () => {
      const name = { en: 'Front desk', fa: 'پیشخوان' };
      return expectStatus(await owner.post('/api/v1/roles', { name, permissions }), 201, 'the role').id;
    },
    () => permissions.join(', '),
  );
  await tell.step(
    'invite a colleague with it; no role gives what tenants lack',
    async () => {
      const colleague = { email: 'front.desk@west.example', name: 'Sam Lee', roles: [role] };
      expectStatus(await owner.post('/api/v1/users', colleague), 201, 'the colleague');
      const beyond = { name: { en: 'Too much' }, permissions: ['platform.tenant:operate'] };
      return expectStatus(await owner.post('/api/v1/roles', beyond), 422, 'a role of operators').code;
    },
    code => code,
  );
}

async function giveKey(tell: Narrator, owner: Client): Promise<void> {
  await tell.step(
    'declare an API key, which may what it says and no more',
    async () => {
      const key = { name: 'Bench 3', permissions: ['calibration.customer:read'], days: 7 };
      const { id } = expectStatus(await owner.post('/api/v1/api-keys', key), 201, 'the key');
      const secret = expectStatus(await owner.post(`/api/v1/api-keys/${id}/secret`), 200, 'its secret').key;
      const machine = openClient(owner.origin, secret);
      expectStatus(await machine.get('/api/v1/customers'), 200, 'reading by the key');
      return expectStatus(await machine.get('/api/v1/users'), 403, 'reading people by the key').code;
    },
    code => code,
  );
}

async function suspend(tell: Narrator, operator: Client, { id }: NewTenant, owner: Client): Promise<void> {
  const write = () => owner.post('/api/v1/customers', { name: 'Helvane', address: ['1 Lane'] });
  const felt = async (move: string, status: number): Promise<string> => {
    await moveTenant(operator, id, move);
    const answer = await until(write, answered => answered.status === status, A_MINUTE, `${move} is felt`);
    return answer.body?.code ?? `answered ${answer.status}`;
  };
  await tell.step(
    'suspended: its owner reads on, nothing is written',
    async () => {
      const code = await felt('suspend', 403);
      expectStatus(await owner.get('/api/v1/users'), 200, 'reading while suspended');
      return code;
    },
    code => code,
  );
  await tell.step(
    'reactivated: it is served again',
    () => felt('reactivate', 201),
    answer => answer,
  );
}
