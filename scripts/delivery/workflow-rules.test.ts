import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { faultsOf } from './workflow-rules.fixture.ts';

const folder = join(import.meta.dirname, '..', '..', '.github', 'workflows');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const workflows = readdirSync(folder);
const BUILD = '      - run: npm run build\n';

const LOGIN = /( {6}- run: az account clear\n) {6}- uses: azure\/login@[\s\S]*?subscription-id: .*\n/;

/** What somebody could change in a workflow, and the fault that must be found. */
const changes: readonly (readonly [string, string, string | RegExp, string, RegExp])[] = [
  [
    'a title of a pull request in a script',
    'pipeline.yml',
    BUILD,
    `      - run: echo \${{ github.event.pull_request.title }}\n${BUILD}`,
    /anybody writes/,
  ],
  [
    'a branch’s name in a script of several lines',
    'pipeline.yml',
    BUILD,
    `      - run: |\n          set -e\n          echo \${{ github.head_ref }}\n${BUILD}`,
    /anybody writes/,
  ],
  [
    'an input in a script',
    'roll-back.yml',
    '"$ENVIRONMENT"',
    '$' + '{{ inputs.environment }}',
    /anybody writes/,
  ],
  [
    'a title in a script of an action',
    'pipeline.yml',
    BUILD,
    `      - uses: actions/github-script@0123456789012345678901234567890123456789\n        with:\n          script: console.log(\${{ github.event.issue.title }})\n${BUILD}`,
    /anybody writes/,
  ],
  [
    'no guard against forks',
    'pipeline.yml',
    ' && github.event.pull_request.head.repo.full_name == github.repository',
    '',
    /what_if runs if/,
  ],
  ['nobody who says yes', 'pipeline.yml', '    environment: prod-approval\n', '', /nobody is asked/],
  [
    'a canary that does not wait for the gate',
    'pipeline.yml',
    'needs: [gate]',
    'needs: [smoke_stage]',
    /canary does not wait/,
  ],
  [
    'no search for secrets',
    'pipeline.yml',
    '      - run: npm run deliver -- secrets\n',
    '',
    /lacks npm run deliver -- secrets/,
  ],
  [
    'a search for secrets that may fail',
    'pipeline.yml',
    '      - run: npm run deliver -- secrets\n',
    '      - run: npm run deliver -- secrets\n        continue-on-error: true\n',
    /supply_chain may fail/,
  ],
  [
    'a deployment without the checks',
    'pipeline.yml',
    'needs: [verify, static_analysis, supply_chain, build]',
    'needs: [verify, build]',
    /supply_chain is not waited for/,
  ],
  [
    'a workflow of others by its branch',
    'pipeline.yml',
    'jobs:\n',
    'jobs:\n  other:\n    uses: somebody/else/.github/workflows/do.yml@main\n',
    /do\.yml@main is not pinned/,
  ],
  [
    'an action by its version',
    'pipeline.yml',
    /actions\/checkout@[0-9a-f]{40}/,
    'actions/checkout@v7',
    /checkout@v7 is not pinned/,
  ],
  [
    'more rights for a job',
    'pipeline.yml',
    '      security-events: write\n',
    '      security-events: write\n      packages: write\n',
    /static_analysis has packages: write/,
  ],
  [
    'the right to enter Azure for a build',
    'pipeline.yml',
    /( {2}build:[\s\S]*?contents: read\n)/,
    '$1      id-token: write\n',
    /build has id-token: write/,
  ],
  [
    'a CodeQL that a private repository refuses',
    'pipeline.yml',
    '      actions: read\n',
    '',
    /static_analysis lacks actions: read/,
  ],
  [
    'the right to read runs for a build',
    'pipeline.yml',
    /( {2}build:[\s\S]*?contents: read\n)/,
    '$1      actions: read\n',
    /build has actions: read/,
  ],
  [
    'rights of the whole workflow',
    'pipeline.yml',
    'permissions: {}\n\nconcurrency',
    'permissions: write-all\n\nconcurrency',
    /rights of its own/,
  ],
  [
    'scripts of dependencies beside the right to enter Azure',
    'maintenance.yml',
    'npm ci --ignore-scripts',
    'npm ci',
    /runs scripts of dependencies/,
  ],
  [
    'a threshold of the canary in passing',
    'pipeline.yml',
    '$' + '{{ vars.CANARY_LEAST_REQUESTS }}',
    '1',
    /canary sets CANARY_LEAST_REQUESTS/,
  ],
  [
    'a shorter canary',
    'pipeline.yml',
    '      CANARY_LEAST_REQUESTS:',
    '      CANARY_MINUTES: 0\n      CANARY_LEAST_REQUESTS:',
    /canary/,
  ],
  [
    'prod from a push to any branch',
    'pipeline.yml',
    '    branches: [main]',
    '    branches: [main, "try/**"]',
    /starts otherwise/,
  ],
  [
    'a second push that ends a deployment halfway',
    'pipeline.yml',
    '$' + "{{ github.event_name == 'pull_request' }}",
    'true',
    /a later run ends an earlier one/,
  ],
  [
    'a deployment that ends another one of the same place',
    'pipeline.yml',
    '    concurrency: delivery-prod\n',
    '    concurrency: { group: delivery-prod, cancel-in-progress: true }\n',
    /canary waits for nobody/,
  ],
  [
    'a roll-back by hand beside a deployment',
    'roll-back.yml',
    /^ {4}concurrency: .*\n/m,
    '',
    /roll_back waits for nobody/,
  ],
  [
    'a runner by a variable of the environment',
    'pipeline.yml',
    'vars.DELIVERY_RUNNER_PROD',
    'vars.DELIVERY_RUNNER',
    /canary runs on/,
  ],
  [
    'a runner of stage for prod',
    'pipeline.yml',
    "vars.DELIVERY_RUNNER_PROD || 'touchstone-prod'",
    "vars.DELIVERY_RUNNER_STAGE || 'touchstone-stage'",
    /canary runs on/,
  ],
  [
    'a hosted runner for stage where nobody named one',
    'recreate-stage.yml',
    "|| 'touchstone-stage'",
    "|| 'ubuntu-24.04'",
    /recreate runs on/,
  ],
  [
    'one runner for every environment that a person may choose',
    'maintenance.yml',
    "vars[format('DELIVERY_RUNNER_{0}', inputs.environment)]",
    'vars.DELIVERY_RUNNER_DEV',
    /maintenance runs on/,
  ],
  [
    'a checkout that leaves the token of the repository to tests',
    'pipeline.yml',
    'persist-credentials: false',
    'persist-credentials: true',
    /verify keeps the token of the repository: true/,
  ],
  [
    'a checkout that says nothing of the token',
    'pipeline.yml',
    '        with:\n          persist-credentials: false\n',
    '',
    /verify keeps the token of the repository: undefined/,
  ],
  [
    'a step whose login is over when it asks Azure',
    'recreate-stage.yml',
    LOGIN,
    '',
    /recreate does not log in directly before npm run deliver -- infrastructure/,
  ],
  [
    'a canary whose login is over',
    'pipeline.yml',
    /( infrastructure --to prod\n)[\s\S]*?(\n.*deliver -- canary)/,
    '$1$2',
    /canary does not log in directly before npm run deliver -- canary/,
  ],
  [
    'two steps by one login',
    'pipeline.yml',
    'npm run deliver -- canary --to prod',
    'npm run deliver -- publish --to prod && npm run deliver -- canary --to prod',
    /canary does not log in directly before/,
  ],
  [
    'tokens that end before the login that did not renew them',
    'pipeline.yml',
    '      - run: az account clear\n',
    '',
    /deploy_dev keeps tokens of an earlier login/,
  ],
  [
    'a second login as somebody else',
    'recreate-stage.yml',
    'vars.AZURE_CLIENT_ID',
    'vars.AZURE_READER_CLIENT_ID',
    /recreate logs in as several/,
  ],
  ...['maintenance.yml', 'roll-back.yml', 'recreate-stage.yml'].map(
    name =>
      [
        `${name} from any branch`,
        name,
        "    if: github.ref == 'refs/heads/main'\n",
        '',
        /from any branch/,
      ] as const,
  ),
];

describe('the rules of workflows', () => {
  for (const name of workflows) {
    test(`are kept by ${name}`, () => assert.deepEqual(faultsOf(read(name)), []));
  }

  for (const [what, name, before, after, fault] of changes) {
    test(`find ${what}`, () => {
      const changed = read(name).replace(before, after);
      assert.notEqual(changed, read(name));
      assert.match(faultsOf(changed).join('\n'), fault);
    });
  }
});

describe('the guide to deployment', () => {
  const guide = readFileSync(join(folder, '..', '..', 'docs', 'deployment.md'), 'utf8');
  const section = (heading: string): string => guide.split(`# ${heading}\n`)[1]?.split(/\n#+ /)[0] ?? '';

  test('restricts each environment that a workflow names to main', () => {
    const named = workflows.flatMap(name => [...read(name).matchAll(/^ {4}environment: ([\w-]+)$/gm)]);
    const environments = new Set(named.map(match => match[1] ?? ''));
    assert.deepEqual([...environments].sort(), ['dev', 'prod', 'prod-approval', 'stage']);
    const [row = ''] = section('Who may deploy').match(/^.*Deployment branches and tags.*$/m) ?? [];
    for (const environment of environments) assert.ok(row.includes(`\`${environment}\``), environment);
    assert.match(section('Who may deploy'), /`prod-approval`: \*Required reviewers\*/);
    assert.match(section('Who may deploy'), /Branch control/);
  });

  test('names runners where they are looked for', () => {
    const text = section('Runners');
    for (const environment of ['stage', 'prod']) {
      assert.match(
        text,
        new RegExp(`\\*\\*of the repository\\*\\*.*\`DELIVERY_RUNNER_${environment.toUpperCase()}\``),
      );
      assert.ok(text.includes(`\`touchstone-${environment}\``), environment);
    }
    assert.match(text, /`\.azuredevops\/pools\.yml`/);
    assert.doesNotMatch(guide, /`DELIVERY_RUNNER`|deliveryPool`/);
  });

  test('asks for what repositories, organisations and environments must have', () => {
    const wanted = section('What plans and repositories must have');
    for (const one of [
      'GitHub Code Security*',
      'Contribute to pull requests',
      'TF401027',
      'Create tag',
      'Advanced Security',
    ])
      assert.ok(wanted.includes(one), one);
    assert.match(
      section('Who may deploy'),
      /environment `prod`: \*Approvals\*.*without \*Allow approvers to approve their own runs\*/,
    );
  });

  test('lets runners in before it publishes', () => {
    const steps = section('First run, in order');
    const publishing = steps.indexOf('deliver -- publish');
    for (const parameter of ['deploymentAddresses', 'runnerNetworks'])
      assert.ok(steps.indexOf(parameter) > 0 && steps.indexOf(parameter) < publishing, parameter);
  });

  test('has the platform’s own host served before it sends an operator there', () => {
    const steps = section('First run, in order');
    assert.ok(steps.indexOf('The wildcard') > 0);
    assert.ok(steps.indexOf('The wildcard') < steps.indexOf('The first operator'));
  });
});
