/** Makes the two demo tenants and an operator on the stack that the environment describes, and prints who can log in. */
import { styleText } from 'node:util';
import { PLATFORM_SLUG } from '../shared/platform/tenancy/index.ts';
import { provisionOperator } from './demo/provision-operator.ts';
import {
  laboratoryPeople,
  operatorAuthenticator,
  operatorPerson,
  passphrase,
  rivalPeople,
} from './demo-data/people.ts';
import { laboratoryTenant, rivalTenant } from './demo-data/tenants.ts';
import { openProduct, provisionTenant } from './provision.ts';

// The stack's relay tells what is made here.
const product = openProduct({ ...process.env, MESSAGING_DIRECT_SEND: 'false' });
await provisionTenant(product, laboratoryTenant, laboratoryPeople, passphrase);
await provisionTenant(product, rivalTenant, rivalPeople, passphrase);
await provisionOperator(product);
await product.messenger.close();

print(laboratoryTenant.slug, 'a calibration laboratory', laboratoryPeople);
print(rivalTenant.slug, 'another laboratory, which must see nothing of the first', rivalPeople);
print(PLATFORM_SLUG, `who runs it all; authenticator ${operatorAuthenticator}`, [operatorPerson]);
process.stdout.write(`  Passphrase of them all: ${styleText('cyan', passphrase)}\n`);

function print(
  slug: string,
  what: string,
  people: readonly { readonly email: string; readonly title: string }[],
): void {
  process.stdout.write(`  ${styleText('bold', slug)}  ${styleText('dim', what)}\n`);
  for (const { email, title } of people) {
    process.stdout.write(`    ${email.padEnd(36)} ${styleText('dim', title)}\n`);
  }
}
