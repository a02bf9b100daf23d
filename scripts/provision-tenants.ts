/** Makes the tenants and people that stand as JSON on standard input, on the stack that the environment describes. */
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { Tenant } from '../shared/platform/tenancy/index.ts';
import { openProduct, provisionTenant } from './provision.ts';

const Person = z.strictObject({
  email: z.email(),
  name: z.string(),
  title: z.string(),
  roles: z.array(z.string()),
});
const Wanted = z.array(
  z.strictObject({ tenant: Tenant, people: z.array(Person), password: z.string().min(15) }),
);

const product = openProduct(process.env);
for (const { tenant, people, password } of Wanted.parse(JSON.parse(await text(process.stdin)))) {
  await provisionTenant(product, tenant, people, password);
}
await product.messenger.close();
