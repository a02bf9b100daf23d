import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { unzipSync } from 'fflate';
import type { Az } from './commands.ts';
import { deployInfrastructure, publish, whatIf } from './deploy.ts';
import { anEnvironment, outputs } from './deployment.fixture.ts';
import { Outputs, readDeployment } from './deployment.ts';
import { pack } from './pack.ts';
import { productSettings } from './product-settings.ts';
import { smokeAddress } from './prove.ts';

let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'touchstone-deploy-test-'));
  for (const app of ['api', 'worker', 'render']) {
    mkdirSync(join(folder, app, 'chunks'), { recursive: true });
    writeFileSync(join(folder, app, 'host.json'), '{}');
    writeFileSync(join(folder, app, 'chunks', 'browser.zst'), `what ${app} has`);
  }
});

after(() => rmSync(folder, { recursive: true }));

/** Remembers commands and answers nothing. */
function recorder(): { readonly az: Az; readonly asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    az: async (...args) => {
      asked.push(args);
    },
  };
}

const optionOf = (args: readonly string[], name: string) => args[args.indexOf(`--${name}`) + 1];
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a package', () => {
  test('holds the folder’s files at its root', () => {
    const files = unzipSync(pack(join(folder, 'api')));
    assert.deepEqual(Object.keys(files).sort(), ['chunks/browser.zst', 'host.json']);
    assert.equal(Buffer.from(files['chunks/browser.zst'] ?? []).toString(), 'what api has');
  });

  test('is the same whenever the same files are packed', () => {
    const once = hash(pack(join(folder, 'api')));
    utimesSync(join(folder, 'api', 'host.json'), new Date(0), new Date(0));
    assert.equal(hash(pack(join(folder, 'api'))), once);
  });
});

describe('publishing', () => {
  test('sends each app its own package', async () => {
    const { az, asked } = recorder();
    await publish(az, anEnvironment(), ['api', 'worker', 'render'], folder);
    const told = asked.map(args => [optionOf(args, 'name'), optionOf(args, 'src')]);
    assert.deepEqual(told, [
      ['func-touchstone-prod-api', join(folder, 'api.zip')],
      ['func-touchstone-prod-worker', join(folder, 'worker.zip')],
      ['func-touchstone-prod-render', join(folder, 'render.zip')],
    ]);
    assert.ok(unzipSync(readFileSync(join(folder, 'render.zip')))['host.json'] !== undefined);
  });

  test('to the canary alone sends the package of api and touches nothing else', async () => {
    const { az, asked } = recorder();
    await publish(az, anEnvironment(), ['canary'], folder);
    const told = asked.map(args => [optionOf(args, 'name'), optionOf(args, 'src')]);
    assert.deepEqual(told, [['func-touchstone-prod-canary', join(folder, 'api.zip')]]);
  });
});

describe('the templates', () => {
  test('are compared and deployed with the same arguments, and only one of both changes anything', async () => {
    const compared: string[][] = [];
    await whatIf(
      async (...args) => {
        compared.push(args);
        return { status: 'Succeeded', changes: [] };
      },
      'stage',
      'westeurope',
    );
    const { az, asked } = recorder();
    await deployInfrastructure(az, 'stage', 'westeurope');
    assert.deepEqual(compared[0]?.slice(0, 3), ['deployment', 'sub', 'what-if']);
    assert.deepEqual(asked[0]?.slice(0, 3), ['deployment', 'sub', 'create']);
    const extra = ['--validation-level', 'ProviderNoRbac', '--no-pretty-print'];
    assert.deepEqual(compared[0]?.slice(3), [...(asked[0]?.slice(3) ?? []), ...extra]);
    assert.match(optionOf(asked[0] ?? [], 'parameters') ?? '', /bicep.stage\.bicepparam$/);
  });

  test('tell names and addresses by their outputs, and the apps their host names', async () => {
    const answered = Object.fromEntries(
      Object.entries(outputs).map(([key, value]) => [key, { type: 'x', value }]),
    );
    const sites = anEnvironment().apps.map(({ name, hostName }) => ({ name, defaultHostName: hostName }));
    const az: Az = async (...args) => (args[0] === 'deployment' ? answered : sites);
    assert.deepEqual(await readDeployment(az, 'prod'), anEnvironment());
    await assert.rejects(readDeployment(async () => ({}), 'prod'));
  });

  test('name every output that delivery reads', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'bicep', 'main.bicep'), 'utf8');
    const declared = new Set([...text.matchAll(/^output (\w+) /gm)].map(match => match[1]));
    assert.deepEqual(
      Object.keys(Outputs.shape).filter(name => !declared.has(name)),
      [],
    );
  });

  test('without Front Door make the api’s own host the one tenant’s', () => {
    const deployment = anEnvironment();
    assert.equal(smokeAddress(deployment), 'https://smoke.touchstone.example');
    const alone = { ...deployment, frontDoorProfiles: [], baseDomain: 'azurewebsites.net' };
    assert.equal(smokeAddress(alone), 'https://func-touchstone-prod-api.azurewebsites.net');
  });

  test('tell enough to work on the data as a person', () => {
    const settings = productSettings(anEnvironment());
    assert.equal(settings['TOUCHSTONE_PUBLIC_URL'], 'https://{slug}.touchstone.example');
    assert.equal(settings['MESSAGING_DIRECT_SEND'], 'false');
  });
});
