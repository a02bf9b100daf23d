import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';

const root = join(import.meta.dirname, '..', '..');

/** The parts of azd’s schema that we use, without any other: a misspelt one would be ignored by azd. */
const Command = z.strictObject({ shell: z.enum(['sh', 'pwsh']), run: z.string().min(1) });
const AzureYaml = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  metadata: z.strictObject({ template: z.string() }),
  requiredVersions: z.strictObject({ azd: z.literal('>= 1.23.5') }),
  infra: z.strictObject({ provider: z.literal('bicep'), path: z.string(), module: z.string() }),
  hooks: z.strictObject({ prepackage: z.strictObject({ posix: Command, windows: Command }) }),
  services: z.record(
    z.string(),
    z.strictObject({
      project: z.string(),
      host: z.literal('function'),
      language: z.literal('js'),
      remoteBuild: z.literal(false),
    }),
  ),
});

const { infra, hooks, services, requiredVersions } = AzureYaml.parse(
  parse(readFileSync(join(root, 'azure.yaml'), 'utf8')),
);

describe('azure.yaml', () => {
  test('names the three apps, each with the package that npm run build makes', () => {
    assert.deepEqual(Object.keys(services), ['api', 'worker', 'render']);
    for (const [app, { project }] of Object.entries(services)) assert.equal(project, `dist/packages/${app}`);
  });

  test('builds before it packs, in every shell', () => {
    for (const { run } of Object.values(hooks.prepackage)) {
      assert.deepEqual(run.split(/ && |; /), ['npm ci', 'npm run build']);
    }
  });

  test('wants an azd that leaves the packages as they are, and the guide the same', () => {
    const guide = readFileSync(join(root, 'docs', 'deployment.md'), 'utf8');
    assert.ok(guide.includes(`\`azd\` ${requiredVersions.azd.replace('>= ', '')} or newer`));
  });

  test('leads to templates and parameters that are there', () => {
    for (const name of ['main.bicep', `${infra.module}.bicepparam`]) {
      assert.ok(existsSync(join(root, infra.path, name)), name);
    }
  });
});
