import { parse } from 'yaml';
import * as z from 'zod';

/** A job as both kinds of pipeline have it. */
export type PipelineJob = {
  readonly id: string;
  readonly needs: readonly string[];
  /** Commands that are ours, in order. */
  readonly commands: readonly string[];
  readonly when: 'always' | 'pull request' | 'main' | 'after a failure';
  readonly artifacts: readonly string[];
  readonly wholeHistory: boolean;
  /** Where it deploys; a gate’s approval is no place. */
  readonly environment: string | undefined;
  readonly minutes: number;
  readonly permissions: Readonly<Record<string, string>>;
  /** Names of variables that its steps see, the job's own and those of single steps. */
  readonly variables: readonly string[];
};

const OURS = /^(npm |\.ci\/)/;
const Step = z.looseObject({
  run: z.string().optional(),
  script: z.string().optional(),
  uses: z.string().optional(),
  task: z.string().optional(),
  publish: z.string().optional(),
  artifact: z.string().optional(),
  fetchDepth: z.number().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).default({}),
});
type Step = z.infer<typeof Step>;

const Workflow = z.looseObject({
  permissions: z.strictObject({}),
  jobs: z.record(
    z.string(),
    z.looseObject({
      needs: z.array(z.string()).default([]),
      if: z.string().optional(),
      environment: z.string().optional(),
      'timeout-minutes': z.number(),
      permissions: z.record(z.string(), z.string()),
      env: z.record(z.string(), z.string()).default({}),
      steps: z.array(Step),
    }),
  ),
});

/** The jobs of a workflow of GitHub Actions, which must leave nothing to its defaults. */
export function githubJobs(text: string): readonly PipelineJob[] {
  return Object.entries(Workflow.parse(parse(text)).jobs).map(([id, job]) => ({
    id,
    needs: job.needs,
    commands: commandsOf(job.steps, step => step.run),
    when: whenOf(job.if),
    artifacts: job.steps.flatMap(({ uses = '', with: inputs }) =>
      uses.includes('-artifact@') ? [`${uses.includes('upload') ? 'to' : 'from'} ${inputs?.['name']}`] : [],
    ),
    wholeHistory: job.steps.some(step => step.with?.['fetch-depth'] === 0),
    environment: placeOf(job.environment),
    minutes: job['timeout-minutes'],
    permissions: job.permissions,
    variables: variablesOf(job.env, job.steps),
  }));
}

const AzureJob = z.looseObject({
  job: z.string().optional(),
  deployment: z.string().optional(),
  environment: z.string().optional(),
  timeoutInMinutes: z.number(),
  variables: z.record(z.string(), z.string()).default({}),
  steps: z.array(Step).optional(),
  strategy: z
    .strictObject({ runOnce: z.strictObject({ deploy: z.strictObject({ steps: z.array(Step) }) }) })
    .optional(),
});
const AzurePipeline = z.looseObject({
  stages: z.array(
    z.looseObject({
      stage: z.string(),
      dependsOn: z.array(z.string()),
      condition: z.string().optional(),
      jobs: z.tuple([AzureJob]),
    }),
  ),
});

/** The jobs of a pipeline of Azure DevOps: one in each stage, called as the stage. */
export function azureJobs(text: string): readonly PipelineJob[] {
  return AzurePipeline.parse(parse(text)).stages.map(({ stage, dependsOn, condition, jobs: [job] }) => {
    if ((job.job ?? job.deployment) !== stage) throw new Error(`stage ${stage} has another job`);
    const steps = job.steps ?? job.strategy?.runOnce.deploy.steps ?? [];
    return {
      id: stage,
      needs: dependsOn,
      commands: commandsOf(steps, step => step.script ?? textOf(step.inputs?.['inlineScript'])),
      when: whenOf(condition),
      artifacts: steps.flatMap(step => {
        if (step.publish !== undefined) return [`to ${step.artifact}`];
        return step.task?.startsWith('DownloadPipelineArtifact@')
          ? [`from ${step.inputs?.['artifact']}`]
          : [];
      }),
      wholeHistory: steps.some(step => step.fetchDepth === 0),
      environment: placeOf(job.environment),
      minutes: job.timeoutInMinutes,
      permissions: {},
      variables: variablesOf(job.variables, steps),
    };
  });
}

/** Tokens to tell a pull request differ between the two, and have nothing to do with Azure. */
function variablesOf(own: Readonly<Record<string, string>>, steps: readonly Step[]): readonly string[] {
  const names = [own, ...steps.map(({ env }) => env)].flatMap(variables => Object.keys(variables));
  return names.filter(name => !/TOKEN$/.test(name)).sort();
}

function commandsOf(steps: readonly Step[], command: (step: Step) => string | undefined): readonly string[] {
  return steps.flatMap(step => command(step) ?? []).filter(text => OURS.test(text));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Both say by their own words when a job runs; a job without a word follows those that it needs. */
function whenOf(condition: string | undefined): PipelineJob['when'] {
  if (condition === undefined) return 'always';
  if (/failure|Failed/.test(condition)) return 'after a failure';
  if (/== 'pull_request'|'Build\.Reason'\], 'PullRequest'\)\)$/.test(condition) && !/ne\(/.test(condition)) {
    return 'pull request';
  }
  if (/== 'push'|refs\/heads\/main/.test(condition)) return 'main';
  throw new Error(`a condition that nobody knows: ${condition}`);
}

function placeOf(environment: string | undefined): string | undefined {
  if (environment === 'prod-approval') return undefined;
  return environment?.replace(/\$\{\{ (inputs|parameters)\.environment \}\}/, 'as told');
}
