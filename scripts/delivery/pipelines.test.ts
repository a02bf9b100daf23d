import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { validate } from '@actions/languageservice/validate';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import { AzurePipelineFile, AzurePools } from './azure-pipelines.fixture.ts';
import { azureJobs, githubJobs, type PipelineJob } from './pipelines.fixture.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const workflows = readdirSync(join(root, '.github', 'workflows')).map(name => `.github/workflows/${name}`);
const pairs = [
  ['.github/workflows/pipeline.yml', 'azure-pipelines.yml'],
  ['.github/workflows/roll-back.yml', '.azuredevops/roll-back.yml'],
  ['.github/workflows/maintenance.yml', '.azuredevops/maintenance.yml'],
  ['.github/workflows/recreate-stage.yml', '.azuredevops/recreate-stage.yml'],
] as const;

const of = (jobs: readonly PipelineJob[], part: keyof PipelineJob) =>
  Object.fromEntries(jobs.map(job => [job.id, job[part]]));

/** Variables that a parameter file reads, but azd's own. */
function readBy(environment: string): readonly string[] {
  const names = read(`bicep/${environment}.bicepparam`).matchAll(/readEnvironmentVariable\('(\w+)'/g);
  return [...names].map(match => match[1] ?? '').filter(name => name !== 'AZURE_ENV_NAME');
}

/** Addresses that `npm run deliver` reads from Key Vault itself. */
const isSecret = (name: string): boolean => name.endsWith('_WEBHOOK');

describe('the pipelines', () => {
  for (const [github, azure] of pairs) {
    test(`${github} and ${azure} take the same steps`, () => {
      const [ours, theirs] = [githubJobs(read(github)), azureJobs(read(azure))];
      assert.deepEqual(
        ours.map(({ id }) => id),
        theirs.map(({ id }) => id),
      );
      for (const part of [
        'needs',
        'commands',
        'when',
        'artifacts',
        'wholeHistory',
        'environment',
        'variables',
      ] as const) {
        assert.deepEqual(of(ours, part), of(theirs, part), part);
      }
      const automatic = (jobs: readonly PipelineJob[]) => jobs.filter(({ id }) => id !== 'gate');
      assert.deepEqual(of(automatic(ours), 'minutes'), of(automatic(theirs), 'minutes'));
    });
  }

  // A step that a person chooses may be one of these, in any environment.
  const deploying = /^npm run deliver -- (infrastructure|what-if|"\$STEP") /;
  const placesOf = (command: string): readonly string[] =>
    command.includes('"$ENVIRONMENT"')
      ? ['dev', 'stage', 'prod']
      : [...command.matchAll(/--to (\w+)/g)].map(match => match[1] ?? '');
  for (const jobs of pairs.flatMap(([github, azure]) => [githubJobs(read(github)), azureJobs(read(azure))])) {
    for (const { id, commands, variables } of jobs) {
      for (const command of commands.filter(line => deploying.test(line))) {
        test(`tell the templates every variable that a parameter file reads, in ${id}`, () => {
          const wanted = placesOf(command).flatMap(readBy);
          const told = wanted.filter(name => !isSecret(name));
          assert.ok(told.length >= 7);
          assert.deepEqual(
            told.filter(name => !variables.includes(name)),
            [],
          );
          assert.ok(!variables.some(isSecret), 'a secret comes from Key Vault');
        });
      }
    }
  }

  test('change the templates before the canary runs, so that both versions of the code meet the new ones', () => {
    for (const jobs of [githubJobs(read(pairs[0][0])), azureJobs(read(pairs[0][1]))]) {
      const inProd = jobs.flatMap(({ commands }) =>
        commands.filter(command => command.endsWith('--to prod')),
      );
      const order = ['infrastructure', 'canary', 'promote', 'verify', 'roll-back'];
      assert.deepEqual(
        inProd.map(command => /-- ([\w-]+)/.exec(command)?.[1]).filter(step => step !== 'what-if'),
        order,
      );
    }
  });

  test('name only steps that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const usage = read('scripts/deliver.ts');
    const commands = pairs.flatMap(([github]) => githubJobs(read(github))).flatMap(job => job.commands);
    for (const command of commands) {
      const [, script = '', step] = /^npm run ([\w-]+)(?: -- ([\w-]+))?/.exec(command) ?? [];
      if (script === '') continue;
      assert.ok(script in scripts, command);
      if (script === 'deliver' && step !== undefined)
        assert.match(usage, new RegExp(`\\n {2}${step} `), command);
    }
  });

  test('run nothing that only they can run, but what needs Azure', () => {
    const here = [read('.ci/run'), read('scripts/check.ts')].join('\n');
    const needsAzure =
      /-- (what-if|infrastructure|publish|verify|smoke|smoke-tenant|canary|promote|roll-back|tag)\b/;
    for (const { commands } of githubJobs(read(pairs[0][0]))) {
      for (const command of commands.filter(line => !needsAzure.test(line))) {
        const step = command
          .replace(/^npm run (deliver -- )?/, '')
          .replace(/ --(required|ignore-scripts)$/, '');
        assert.ok(command === '.ci/run' || here.includes(step), `${command} runs nowhere here`);
      }
    }
  });
});

describe('the pipelines of Azure DevOps', () => {
  for (const [, path] of pairs) {
    test(`${path} says nothing that Azure Pipelines would not know`, () => {
      const outcome = AzurePipelineFile.safeParse(parse(read(path)));
      assert.deepEqual(outcome.error?.issues ?? [], []);
    });
  }

  const changes = [
    ['a misspelt key', 'timeoutInMinutes', 'timeoutMinutes'],
    ['a gate that anybody passes', '              approvers: $(approvers)\n', ''],
    ['a gate that its author passes', 'TheirOwnRuns: false', 'TheirOwnRuns: true'],
    ['a gate that opens by itself', 'onTimeout: reject', 'onTimeout: resume'],
    ['agents of stage for prod', '{{ variables.deliveryPool_prod', '{{ variables.deliveryPool_stage'],
    ['agents that a run must name', '{{ variables.deliveryPool_prod', '{{ parameters.deliveryPool'],
    ['agents that nobody lists', '  - template: .azuredevops/pools.yml\n', ''],
    ['deployments that skip others', 'lockBehavior: sequential', 'lockBehavior: runLatest'],
  ] as const;
  for (const [what, before, after] of changes) {
    test(`would not keep ${what}`, () => {
      const changed = read(pairs[0][1]).replace(before, after);
      assert.notEqual(changed, read(pairs[0][1]));
      assert.equal(AzurePipelineFile.safeParse(parse(changed)).success, false);
    });
  }

  test('have agents of their own in stage and in prod, and none that Microsoft hosts there', () => {
    const { variables } = AzurePools.parse(parse(read('.azuredevops/pools.yml')));
    assert.equal(new Set(Object.values(variables)).size, 3);
    for (const closed of ['stage', 'prod'] as const)
      assert.notEqual(variables[`deliveryPool_${closed}`], 'Azure Pipelines');
  });
});

describe('the workflows', () => {
  for (const path of workflows) {
    test(`${path} passes GitHub’s own checks`, async () => {
      const document = TextDocument.create(`file:///${path}`, 'yaml', 1, read(path));
      const found = await validate(document, {});
      const said = found.map(({ message, range }) => `${range.start.line + 1}: ${JSON.stringify(message)}`);
      // Variables of a repository and its environments are known to their owner only.
      const variables = /Context access might be invalid: (AZURE|DELIVERY|CANARY|TOUCHSTONE)_/;
      assert.deepEqual(
        said.filter(line => !variables.test(line)),
        [],
      );
    });

    test(`${path} uses actions by their full commit, with the version beside it`, () => {
      const uses = [...read(path).matchAll(/^\s*- uses: (.+)$/gm)].map(match => match[1] ?? '');
      assert.ok(uses.length > 0);
      for (const action of uses) assert.match(action, /^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      const commits = new Map<string, string>();
      for (const action of uses) {
        const [name = '', commit = ''] = action.split('@');
        const repository = name.split('/').slice(0, 2).join('/');
        assert.equal(commits.get(repository) ?? commit, commit, `${repository} in two versions`);
        commits.set(repository, commit);
      }
    });

    test(`${path} stores no secret and runs nowhere that it should not`, () => {
      const text = read(path);
      assert.doesNotMatch(text, /secrets\.|pull_request_target|self-hosted/);
    });

    test(`${path} gives each job what it needs and an end`, () => {
      const jobs = githubJobs(read(path));
      for (const { id, minutes, permissions, commands } of jobs) {
        assert.ok(minutes > 0 && minutes <= 90, `${id} ends`);
        const entersAzure = commands.some(command => command.includes('--to'));
        assert.equal(permissions['id-token'] === 'write', entersAzure, `${id} and OpenID Connect`);
      }
    });
  }
});
