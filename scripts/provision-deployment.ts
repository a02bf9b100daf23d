/**
 * `npm run provision -- [--to dev|stage|prod] (FILE | --smoke | --operator EMAIL)`: makes the tenants of a file, that of the smoke test, or an
 * operator, who then makes tenants on the platform's own host, as whoever is logged in with `az`. Without --to on the stack that the environment describes. Running it again changes nothing.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { readOptions } from '../local/command-line.ts';
import { az } from './delivery/commands.ts';
import { type Deployment, environments, readDeployment } from './delivery/deployment.ts';
import { productSettings } from './delivery/product-settings.ts';
import { SMOKE_SECRET, smokeSlug } from './delivery/prove.ts';
import {
  openOperationsSecrets,
  openProductAsPerson,
  provisionOperators,
  provisionTenant,
} from './provision.ts';
import { smokePeople, smokeTenant } from './smoke/tenant.ts';
import { type WantedTenant, WantedTenants } from './wanted-tenants.ts';

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    to: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    operator: { type: 'string' },
  },
});
const [file] = positionals;
const chosenWays = [file !== undefined, values.smoke, values.operator !== undefined].filter(Boolean).length;
if (chosenWays !== 1 || positionals.length > 1) {
  process.stderr.write('npm run provision -- [--to dev|stage|prod] (FILE | --smoke | --operator EMAIL)\n');
  process.exit(2);
}

const deployment = values.to === undefined ? undefined : await deploymentOf(values.to);
const environment = { ...process.env, ...(deployment === undefined ? {} : productSettings(deployment)) };
const product = openProductAsPerson(environment, deployment !== undefined);
if (values.operator !== undefined) await makeOperator(values.operator);
const wanted = file !== undefined ? readWanted(file) : values.smoke ? [await smokeWanted()] : [];
for (const { tenant, people, password } of wanted) {
  const chosen = password ?? newPassphrase();
  const made = await provisionTenant(product, tenant, people, chosen);
  process.stdout.write(`${tenant.slug}: ${made.length} of ${people.length} people made\n`);
  for (const email of made) process.stdout.write(`  ${email}\n`);
  if (password === undefined && made.length > 0) {
    process.stdout.write(`  their passphrase, told this once: ${chosen}\n`);
  }
}
await product.messenger.close();
// The SDKs keep connections, and whoever runs this has better things to wait for.
process.exit(0);

async function makeOperator(address: string): Promise<void> {
  const email = z.email().parse(address);
  const chosen = newPassphrase();
  const person = { email, name: email.split('@')[0] ?? email, title: 'Operator', roles: ['operator'] };
  const made = await provisionOperators(product, [person], chosen);
  const outcome = made.length === 0 ? 'was there' : `made; the passphrase, told this once: ${chosen}`;
  process.stdout.write(`operator ${email}: ${outcome}\n`);
}

async function deploymentOf(name: string): Promise<Deployment> {
  const wantedPlace = environments.find(known => known === name);
  if (wantedPlace === undefined) throw new Error(`--to ${name}: known are ${environments.join(', ')}`);
  return readDeployment(az, wantedPlace);
}

function readWanted(path: string): readonly WantedTenant[] {
  return WantedTenants.parse(JSON.parse(readFileSync(path, 'utf8')));
}

async function smokeWanted() {
  const secrets = openOperationsSecrets(environment, deployment?.operationsVaultEndpoint);
  const password = await secrets.getOrCreate(SMOKE_SECRET, newPassphrase);
  const slug = deployment === undefined ? smokeTenant.slug : smokeSlug(deployment);
  return { tenant: { ...smokeTenant, slug }, people: smokePeople, password };
}

/** 160 random bits in letters and digits. */
function newPassphrase(): string {
  return randomBytes(20).toString('hex');
}
