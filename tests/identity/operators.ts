import { type Client, openClient } from '../../scripts/demo/client.ts';
import { joinId, type Role, sortableKey, systemCaller } from '../../shared/kernel/index.ts';
import { userKind } from '../../shared/platform/identity/index.ts';
import { PLATFORM, PLATFORM_SLUG } from '../../shared/platform/tenancy/index.ts';
import { openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';

const product = openTestProduct();

export const operatorOrigin = `http://platform.localhost:${new URL(testStack().urls['api'] ?? '').port}`;

/** Somebody of the platform's own directory, who has just proved who they are in this session. */
export async function operator(
  role: Role = 'operator',
  authTime = Math.floor(Date.now() / 1000),
): Promise<{ readonly id: string; readonly session: string; readonly client: Client }> {
  const key = sortableKey(new Date(), size => crypto.getRandomValues(new Uint8Array(size)));
  const [id, session] = [joinId(userKind.prefix, undefined, key), joinId('ses', undefined, key)];
  await product.signingKey.ensure();
  const { platform } = product;
  const data = { email: `${id}@operators.example`, name: 'An operator', roles: [role], status: 'active' };
  await platform.records
    .for(systemCaller(PLATFORM, PLATFORM_SLUG, 'test'))
    .scope('directory')
    .commit({ action: 'platform.user.created', create: [{ kind: userKind, id, data }] });
  const claims = {
    ...{ user: id, tenant: PLATFORM, name: 'An operator', roles: [role], session, version: 1 },
    ...{ authTime, methods: ['mfa'] },
  };
  return { id, session, client: openClient(operatorOrigin, await platform.identity.issue(claims, 600)) };
}
