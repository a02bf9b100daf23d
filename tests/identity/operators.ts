import { type Client, openClient } from '../../scripts/demo/client.ts';
import { joinId, type Role, sortableKey } from '../../shared/kernel/index.ts';
import { openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';

const product = openTestProduct();

export const operatorOrigin = `http://platform.localhost:${new URL(testStack().urls['api'] ?? '').port}`;

/** Somebody of the platform's own directory, who has just proved who they are. */
export async function operator(
  role: Role = 'operator',
  authTime = Math.floor(Date.now() / 1000),
): Promise<{ readonly id: string; readonly client: Client }> {
  const id = joinId(
    'usr',
    undefined,
    sortableKey(new Date(), size => crypto.getRandomValues(new Uint8Array(size))),
  );
  await product.signingKey.ensure();
  const claims = {
    user: id,
    tenant: 'ten_platform',
    name: 'An operator',
    roles: [role],
    authTime,
    methods: ['mfa'],
  };
  return { id, client: openClient(operatorOrigin, await product.platform.identity.issue(claims, 600)) };
}
