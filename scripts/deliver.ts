/**
 * `npm run deliver -- <step> [--to dev|stage|prod] …`: the steps of delivery, the same on a laptop, in GitHub Actions and in Azure
 * Pipelines. Whoever is logged in with `az` does them.
 */
import { tmpdir } from 'node:os';
import { readOptions } from '../local/command-line.ts';
import { az } from './delivery/commands.ts';
import { placeOf, postToPullRequest } from './delivery/comment.ts';
import { deployInfrastructure, packAll, publish, whatIf } from './delivery/deploy.ts';
import { type Environment, environments, readDeployment } from './delivery/deployment.ts';
import { makeRelease } from './delivery/git-releases.ts';
import { joinRunners } from './delivery/join-runners.ts';
import { promote, returnTo, runCanary } from './delivery/production.ts';
import { smoke, verify } from './delivery/prove.ts';
import { recreate } from './delivery/recreate.ts';
import { restoreDatabase, restorePoints } from './delivery/restore.ts';
import { provisionSmokeTenant } from './delivery/smoke-tenant.ts';
import { standingAddresses, standingBudget } from './delivery/standing.ts';
import { audit, scanForSecrets, writeBillOfMaterials } from './delivery/supply-chain.ts';
import { dropUnset } from './delivery/unset-variables.ts';

const USAGE = `npm run deliver -- <step> [options]

  audit [--required]      known weaknesses of dependencies; --required: not being able to ask fails, too
  secrets                 secrets among the files of the repository
  sbom                    what we are made of: dist/sbom.cdx.json
  pack                    dist/packages/<app>.zip of what npm run build made
  what-if --to E …        what the templates would change; told to the pull request of a pipeline
  infrastructure --to E   deploys the templates
  publish --to E          deploys the packages to api, worker and render
  verify --to E           health, headers, what must not be reachable
  smoke --to E            the main job once
  canary --to E           the packages on the canary, its share of requests, and a watch that ends in a verdict
  promote --to E          the packages on every app, no more requests for the canary
  roll-back --to E        no more requests for the canary, and the last release on every app; --tag names another one
  recreate --to E         deletes dev or stage and makes an empty group for the templates; its Key Vaults stay
  smoke-tenant --to E     the smoke test's tenant in dev or stage, with roles that are given for that and taken back
  restore-points --to E   since when the database can be restored
  restore --to E --at T   the database as it was at that second (UTC), in an account beside it
  tag                     a tag for what is checked out, pushed to origin

  AZURE_LOCATION          where Azure keeps the deployment itself  (westeurope)
  CANARY_MINUTES          how long the canary is watched           (15)
  CANARY_SHARE            its share of the requests                (0.1)
  CANARY_LEAST_REQUESTS   fewer than these are no proof            (200)`;

const { values, positionals } = readOptions(
  {
    allowPositionals: true,
    options: {
      to: { type: 'string', multiple: true, default: [] },
      tag: { type: 'string' },
      at: { type: 'string' },
      required: { type: 'boolean', default: false },
    },
  },
  USAGE,
);
dropUnset(process.env);
const location = process.env['AZURE_LOCATION'] ?? 'westeurope';

const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  audit: () => audit(values.required),
  secrets: scanForSecrets,
  sbom: writeBillOfMaterials,
  pack: async () => say(Object.values(packAll()).join('\n')),
  'what-if': tellWhatIf,
  infrastructure: deployTemplates,
  publish: async () => publish(az, await deployed(), ['api', 'worker', 'render']),
  verify: async () => verify(az, await deployed()),
  smoke: async () => smoke(az, await deployed()),
  canary: async () => runCanary(az, await deployed(), process.env, say),
  promote: async () => promote(az, await deployed()),
  'roll-back': async () => returnTo(az, await deployed(), values.tag, say),
  recreate: async () => recreate(az, target(), location, say),
  'smoke-tenant': async () => provisionSmokeTenant(az, target(), await deployed(), say),
  'restore-points': async () => say((await restorePoints(az, await deployed())).join('\n')),
  restore: async () => say(`restored as ${await restoreDatabase(az, await deployed(), values.at)}`),
  tag: async () => say(`released as ${await makeRelease(new Date())}`),
};

const step = steps[positionals[0] ?? ''];
if (step === undefined || positionals.length !== 1) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
try {
  await step();
} catch (error) {
  process.stderr.write(`${positionals[0]}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function targets(): readonly Environment[] {
  return values.to.map(name => {
    const known = environments.find(environment => environment === name);
    if (known === undefined) throw new Error(`--to ${name}: known are ${environments.join(', ')}`);
    return known;
  });
}

function target(): Environment {
  const [only, ...others] = targets();
  if (only === undefined || others.length > 0) throw new Error('this step wants one --to');
  return only;
}

async function deployed() {
  return readDeployment(az, target());
}

/** What a person or a pipeline says wins over what stands. */
function unlessTold(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
}

async function deployTemplates(): Promise<void> {
  unlessTold(await standingBudget(az, target()));
  unlessTold(await standingAddresses(az, target()));
  await deployInfrastructure(az, target(), location);
  await joinRunners(az, target(), say);
}

async function tellWhatIf(): Promise<void> {
  const pages: string[] = [];
  for (const environment of targets()) {
    unlessTold(await standingBudget(az, environment));
    pages.push(await whatIf(az, environment, location));
  }
  const text = pages.join('\n');
  say(text);
  await postToPullRequest(placeOf(process.env), text, tmpdir());
}
