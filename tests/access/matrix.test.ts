import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { type MatrixRow, readMatrix } from '../../scripts/access/matrix.ts';
import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { everyTenantRole, operatorRoles, type Role } from '../../shared/kernel/index.ts';
import { PLATFORM, PLATFORM_SLUG } from '../../shared/platform/tenancy/index.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { app, pathWith } from '../isolation/table.ts';
import { testStack } from '../stack.ts';
import { platform } from './people.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'access.md'), 'utf8');
const rows = readMatrix(page);
const AT_ONCE = 16;

/** Every request names a parameter that no endpoint knows: it is refused as soon as it is known who may ask. */
const STOP = '?no-such-parameter=1';

let own: OwnTenant;
let other: OwnTenant;
let closed: OwnTenant;
let operators: Client;
const roles = new Map<Role, { readonly own: Client; readonly closed: Client; readonly platform: Client }>();

before(async () => {
  const [[first, second], [third]] = await Promise.all([openOwnTenants(2), openOwnTenants(1, 'suspended')]);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  [own, other, closed] = [first, second, third];
  operators = openClient(`http://${PLATFORM_SLUG}.localhost:${new URL(testStack().urls['api'] ?? '').port}`);
  for (const role of [...everyTenantRole, ...operatorRoles]) {
    roles.set(role, {
      own: own.anonymous.as(await own.token([role])),
      closed: closed.anonymous.as(await closed.token([role])),
      platform: operators.as(await platformToken(role)),
    });
  }
});

function platformToken(role: Role): Promise<string> {
  const authTime = Math.floor(Date.now() / 1000);
  const claims = { user: `usr_${'5'.repeat(26)}`, tenant: PLATFORM, name: 'Somebody', roles: [role] };
  return platform.identity.issue({ ...claims, authTime, methods: ['mfa'] }, 3600);
}

/** `may`, or the code of the refusal. */
function verdictOf({ status, body }: Answer): string {
  if (status === 400) return 'may';
  return body?.code === 'platform.permission_missing' ? 'may not' : `${status} ${body?.code}`;
}

function ask(row: MatrixRow, client: Client): Promise<Answer> {
  const endpoint = app.endpoints.find(({ id }) => id === row.id);
  assert.ok(endpoint !== undefined, row.id);
  return client.call(endpoint.method, `${pathWith(endpoint, 'nothing')}${STOP}`, {
    headers: { 'if-match': '"1"' },
  });
}

const isOpen = ({ access }: MatrixRow): boolean => access === 'public' || access === 'platform';
const onTenants = rows.filter(({ hosts }) => hosts !== 'operators');

/** What a role hears in its own tenant while nothing is suspended. */
function expected(row: MatrixRow, role: Role): string {
  return row.roles.includes(role) ? 'may' : 'may not';
}

/** Asks for each row as somebody, and compares what each hears. */
async function compare(
  some: readonly MatrixRow[],
  client: Client,
  hears: (row: MatrixRow) => string,
): Promise<void> {
  const wrong: string[] = [];
  await inParallel(
    some,
    async row => {
      const heard = verdictOf(await ask(row, client));
      if (heard !== hears(row)) wrong.push(`${row.id}: ${heard}, not ${hears(row)}`);
    },
    AT_ONCE,
  );
  assert.deepEqual(wrong, []);
}

const of = (role: Role) => roles.get(role) as { own: Client; closed: Client; platform: Client };

describe('the matrix of access', () => {
  test('has a row for every endpoint, and no other', () => {
    assert.deepEqual(rows.map(({ id }) => id).toSorted(), app.endpoints.map(({ id }) => id).toSorted());
  });

  for (const role of everyTenantRole) {
    test(`tells what ${role} may in their own tenant`, () =>
      compare(onTenants, of(role).own, row => expected(row, role)));

    test(`tells what ${role} may in a suspended tenant`, () =>
      compare(onTenants, of(role).closed, row => {
        const refused = '403 platform.tenant_suspended';
        if (row.suspended === 'served' || row.suspended === 'no tenant') return expected(row, role);
        if (row.suspended === 'refused') return refused;
        if (expected(row, role) === 'may not') return 'may not';
        return role === 'tenant-owner' || role === 'administrator' ? 'may' : refused;
      }));
  }

  for (const role of operatorRoles) {
    test(`tells what ${role} may on the platform's own host`, () =>
      compare(rows, of(role).platform, row =>
        row.hosts === 'tenant' && row.access !== 'platform'
          ? '404 platform.route_unknown'
          : expected(row, role),
      ));
  }

  test('is closed to whoever has no token, but for what is public', async () => {
    const hears = (row: MatrixRow) => (isOpen(row) ? 'may' : '401 platform.token_missing');
    await compare(onTenants, own.anonymous, hears);
    const door = rows.filter(({ hosts }) => hosts === 'operators');
    await compare(door, operators, hears);
  });

  test('is closed to tokens of another tenant, also of the platform', async () => {
    const hears = (row: MatrixRow) => (isOpen(row) ? 'may' : '403 platform.tenant_mismatch');
    await compare(onTenants, own.anonymous.as(await other.token(everyTenantRole)), hears);
    await compare(onTenants, own.anonymous.as(await platformToken('operator')), hears);
    const foreign = operators.as(await own.token(['tenant-owner', 'operator']));
    const door = rows.filter(({ hosts }) => hosts === 'operators');
    await compare(door, foreign, hears);
  });
});
