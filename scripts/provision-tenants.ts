/** Makes the tenants and people that stand as JSON on standard input, on the stack that the environment describes. */
import { text } from 'node:stream/consumers';
import { openProduct, provisionTenant } from './provision.ts';
import { WantedTenants } from './wanted-tenants.ts';

const product = openProduct(process.env);
for (const { tenant, people, password } of WantedTenants.parse(JSON.parse(await text(process.stdin)))) {
  if (password === undefined) throw new Error(`${tenant.slug}: a password is missing`);
  await provisionTenant(product, tenant, people, password);
}
await product.messenger.close();
