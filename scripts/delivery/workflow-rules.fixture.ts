import { parse } from 'yaml';
import * as z from 'zod';

const Job = z.looseObject({
  if: z.string().optional(),
  needs: z.array(z.string()).default([]),
  environment: z.string().optional(),
  'runs-on': z.unknown().optional(),
  concurrency: z.unknown().optional(),
  permissions: z.record(z.string(), z.string()).default({}),
  env: z.record(z.string(), z.coerce.string()).default({}),
  steps: z
    .array(
      z.looseObject({
        run: z.string().optional(),
        uses: z.string().optional(),
        with: z.record(z.string(), z.unknown()).optional(),
        if: z.string().optional(),
      }),
    )
    .default([]),
});
type Job = z.infer<typeof Job>;
const Workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions: z.unknown(),
  concurrency: z.unknown().optional(),
  jobs: z.record(z.string(), Job),
});
type Workflow = z.infer<typeof Workflow>;

const FROM_MAIN = "github.ref == 'refs/heads/main'";
const FROM_HERE =
  "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository";
const AFTER_FAILURE =
  'always() && (contains(fromJSON(\'["failure", "cancelled"]\'), needs.canary.result) || contains(fromJSON(\'["failure", "cancelled"]\'), needs.promote.result))';

/** What a job may, all of it and nothing else. CodeQL reads the run that it belongs to, which a private repository asks a right for. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  static_analysis: ['actions: read', 'contents: read', 'security-events: write'],
  what_if: ['contents: read', 'id-token: write', 'pull-requests: write'],
  gate: [],
  release: ['contents: write'],
  verify: ['contents: read'],
  supply_chain: ['contents: read'],
  build: ['contents: read'],
};
const DEPLOYS = ['contents: read', 'id-token: write'];

/** A second push to main waits: it must not end a deployment halfway. */
const ONE_AT_A_TIME = {
  group: `pipeline-${expression('github.ref')}`,
  'cancel-in-progress': expression("github.event_name == 'pull_request'"),
};

/** What must have passed before anything is deployed. */
const PROOFS: Readonly<Record<string, readonly string[]>> = {
  verify: ['.ci/run'],
  static_analysis: [],
  supply_chain: ['audit --required', 'secrets', 'sbom'].map(step => `npm run deliver -- ${step}`),
  build: ['npm run build'],
};

/** What is wrong with a workflow, one line each: who may start it, what it may do, and what it lets others put into its scripts. */
export function faultsOf(text: string): readonly string[] {
  const workflow = Workflow.parse(parse(text));
  const { jobs } = workflow;
  const all = Object.entries(jobs);
  return [
    ...(JSON.stringify(workflow.permissions) === '{}' ? [] : ['the workflow has rights of its own']),
    ...valuesOf(workflow, 'uses').flatMap(used =>
      /^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/.test(String(used)) ? [] : [`${used} is not pinned`],
    ),
    ...['run', 'script'].flatMap(key =>
      valuesOf(workflow, key).flatMap(script =>
        String(script).includes('${{') ? [`anybody writes into: ${script}`] : [],
      ),
    ),
    ...all.flatMap(([id, job]) => [
      ...faultsOfRights(id, job),
      ...faultsOfVariables(id, job),
      ...faultsOfPlace(id, job),
      ...faultsOfCheckout(id, job),
      ...faultsOfLogins(id, job),
    ]),
    ...('workflow_dispatch' in workflow.on ? faultsOfDispatched(workflow) : faultsOfPipeline(workflow)),
  ];
}

function faultsOfRights(id: string, { permissions, steps }: Job): readonly string[] {
  const has = Object.entries(permissions).map(([scope, right]) => `${scope}: ${right}`);
  const may = RIGHTS[id] ?? DEPLOYS;
  const wide = has.filter(right => !may.includes(right)).map(right => `${id} has ${right}`);
  const narrow = may.filter(right => !has.includes(right)).map(right => `${id} lacks ${right}`);
  const installs = steps.filter(({ run = '' }) => /\bnpm (ci|install|i)\b/.test(run));
  const writes = has.some(right => right.endsWith(': write'));
  const loose = writes && installs.some(({ run = '' }) => !run.includes('--ignore-scripts'));
  return [...wide, ...narrow, ...(loose ? [`${id} runs scripts of dependencies with its rights`] : [])];
}

/** What a job reads from its owner's variables has that name there; nothing is set in passing. */
function faultsOfVariables(id: string, { env }: Job): readonly string[] {
  const told = /^\$\{\{ (inputs\.\w+|vars\.(\w+)) \}\}$/;
  return Object.entries(env).flatMap(([name, value]) => {
    const [, what, variable] = told.exec(value) ?? [];
    return what !== undefined && (variable ?? name) === name ? [] : [`${id} sets ${name} to ${value}`];
  });
}

/**
 * The runner of what deploys is told by a variable of the repository, since those of an environment are not known yet when a runner is
 * chosen (https://github.com/github/docs/issues/33389). One network of runners joins one environment, so each has its own; those that are
 * closed have no hosted one to fall back to. What deploys there waits for what deploys there already, and ends it never.
 */
function faultsOfPlace(id: string, { environment, 'runs-on': runner, concurrency }: Job): readonly string[] {
  const hosted = environment === undefined || environment === 'prod-approval';
  const fine = hosted ? 'ubuntu-24.04' : runnerOf(environment);
  return [
    ...(runner === fine ? [] : [`${id} runs on ${runner}`]),
    ...(hosted || concurrency === `delivery-${environment}` ? [] : [`${id} waits for nobody`]),
  ];
}

function runnerOf(environment: string): string {
  if (environment === expression('inputs.environment')) {
    const hosted = "(inputs.environment == 'dev' && 'ubuntu-24.04')";
    const named = "vars[format('DELIVERY_RUNNER_{0}', inputs.environment)]";
    return expression(`${named} || ${hosted} || format('touchstone-{0}', inputs.environment)`);
  }
  const fallback = environment === 'dev' ? 'ubuntu-24.04' : `touchstone-${environment}`;
  return expression(`vars.DELIVERY_RUNNER_${environment.toUpperCase()} || '${fallback}'`);
}

function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** The token of the repository stays behind only where something is pushed. */
function faultsOfCheckout(id: string, { steps }: Job): readonly string[] {
  const pushes = id === 'release';
  return steps.flatMap(({ uses = '', with: inputs }) =>
    uses.startsWith('actions/checkout@') && inputs?.['persist-credentials'] !== pushes
      ? [`${id} keeps the token of the repository: ${inputs?.['persist-credentials']}`]
      : [],
  );
}

/**
 * GitHub's assertion holds for five minutes, and a new token that is asked for later is refused, so each step that asks Azure has a login
 * of its own. A login leaves the tokens of an earlier one, which would end in the middle of the step: they are thrown away before.
 */
function faultsOfLogins(id: string, { steps }: Job): readonly string[] {
  const isLogin = (index: number) => steps[index]?.uses?.startsWith('azure/login@') ?? false;
  const logins = steps.flatMap((step, index) => (isLogin(index) ? [{ step, index }] : []));
  const late = steps.flatMap(({ run = '' }, index) =>
    /\bdeliver -- .*--to\b/.test(run) && !(isLogin(index - 1) && run.split('deliver -- ').length === 2)
      ? [`${id} does not log in directly before ${run}`]
      : [],
  );
  const stale = logins.slice(1).filter(({ index }) => steps[index - 1]?.run !== 'az account clear');
  const identities = new Set(logins.map(({ step }) => JSON.stringify(step.with)));
  return [
    ...late,
    ...stale.map(() => `${id} keeps tokens of an earlier login`),
    ...(identities.size > 1 ? [`${id} logs in as several`] : []),
  ];
}

function faultsOfDispatched({ concurrency, jobs }: Workflow): readonly string[] {
  return [
    ...(concurrency === undefined ? [] : ['its jobs wait for more than their place']),
    ...Object.entries(jobs).flatMap(([id, job]) =>
      job.if === FROM_MAIN ? [] : [`${id} runs from any branch`],
    ),
  ];
}

function faultsOfPipeline({ on, concurrency, jobs }: Workflow): readonly string[] {
  const conditions: Readonly<Record<string, string>> = {
    what_if: FROM_HERE,
    deploy_dev: "github.event_name == 'push'",
    deploy_stage: "github.event_name == 'push'",
    roll_back: AFTER_FAILURE,
  };
  const before = (id: string): readonly string[] => {
    const needs = jobs[id]?.needs ?? [];
    return [...needs, ...needs.flatMap(before)];
  };
  const ungated = Object.entries(jobs).filter(
    ([id, { environment }]) => environment === 'prod' && !before(id).includes('gate'),
  );
  const unproved = Object.entries(PROOFS).flatMap(([id, wanted]) => {
    const runs = (jobs[id]?.steps ?? []).filter(step => step.if === undefined).map(({ run }) => run);
    return wanted.filter(command => !runs.includes(command)).map(command => `${id} lacks ${command}`);
  });
  return [
    ...(JSON.stringify(on) === '{"pull_request":null,"push":{"branches":["main"]}}'
      ? []
      : ['it starts otherwise']),
    ...(JSON.stringify(concurrency) === JSON.stringify(ONE_AT_A_TIME)
      ? []
      : ['a later run ends an earlier one']),
    ...(jobs['gate']?.environment === 'prod-approval' ? [] : ['nobody is asked']),
    ...ungated.map(([id]) => `${id} does not wait for the gate`),
    ...Object.keys(PROOFS).flatMap(id =>
      before('deploy_dev').includes(id) ? [] : [`${id} is not waited for`],
    ),
    ...unproved,
    ...Object.entries(jobs).flatMap(([id, job]) =>
      job.if === conditions[id] ? [] : [`${id} runs if ${job.if}`],
    ),
    ...Object.entries(jobs).flatMap(([id, job]) =>
      'continue-on-error' in job || job.steps.some(step => 'continue-on-error' in step)
        ? [`${id} may fail`]
        : [],
    ),
  ];
}

/** The values of a key anywhere in a document. */
function valuesOf(node: unknown, key: string): readonly unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    name === key && typeof value === 'string' ? [value] : valuesOf(value, key),
  );
}
