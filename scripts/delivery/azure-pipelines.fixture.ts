import * as z from 'zod';

/**
 * What our pipelines of Azure DevOps consist of, without any other key: a misspelt one would be ignored or refused there only
 * (https://learn.microsoft.com/azure/devops/pipelines/yaml-schema).
 */
const texts = z.record(z.string(), z.string());
const Inputs = {
  'UseNode@1': z.strictObject({ version: z.string() }),
  'AzureCLI@2': z.strictObject({
    azureSubscription: z.string(),
    scriptType: z.literal('bash'),
    scriptLocation: z.literal('inlineScript'),
    inlineScript: z.string().min(1),
  }),
  'DownloadPipelineArtifact@2': z.strictObject({ artifact: z.string(), path: z.string() }),
  'AdvancedSecurity-Codeql-Init@1': z.strictObject({ languages: z.string(), querysuite: z.string() }),
  // Without approvers anybody may resume who may start the pipeline, its author too; nobody's answer is no.
  'ManualValidation@1': z.strictObject({
    notifyUsers: z.literal('$(approvers)'),
    approvers: z.literal('$(approvers)'),
    allowApproversToApproveTheirOwnRuns: z.literal(false),
    instructions: z.string(),
    onTimeout: z.literal('reject'),
  }),
};
const tasks = Object.entries(Inputs).map(([task, inputs]) =>
  z.strictObject({
    task: z.literal(task),
    displayName: z.string().optional(),
    timeoutInMinutes: z.number().int().optional(),
    inputs,
    env: texts.optional(),
  }),
);
const Step = z.union([
  z.strictObject({
    checkout: z.literal('self'),
    fetchDepth: z.number().int(),
    fetchTags: z.boolean().optional(),
    persistCredentials: z.boolean().optional(),
  }),
  z.strictObject({ script: z.string().min(1), displayName: z.string().optional(), env: texts.optional() }),
  z.strictObject({ publish: z.string(), artifact: z.string() }),
  z.strictObject({ download: z.literal('none') }),
  z.strictObject({ task: z.literal('AdvancedSecurity-Codeql-Analyze@1') }),
  ...tasks,
]);
const Pool = z.union([
  z.literal('server'),
  z.strictObject({ name: z.string().optional(), vmImage: z.string() }),
]);
const common = { timeoutInMinutes: z.number().int(), pool: Pool.optional(), variables: texts.optional() };
const Job = z.union([
  z.strictObject({ job: z.string(), steps: z.array(Step).min(1), ...common }),
  z.strictObject({
    deployment: z.string(),
    environment: z.string(),
    strategy: z.strictObject({
      runOnce: z.strictObject({ deploy: z.strictObject({ steps: z.array(Step).min(1) }) }),
    }),
    ...common,
  }),
]);

/** What deploys runs on the agents of its environment, and waits for what deploys there already. */
const Stage = z
  .strictObject({
    stage: z.string(),
    displayName: z.string(),
    dependsOn: z.array(z.string()),
    condition: z.string().optional(),
    lockBehavior: z.enum(['sequential', 'runLatest']).optional(),
    jobs: z.tuple([Job]),
  })
  .refine(({ jobs: [job] }) => !('deployment' in job) || poolOf(job) === agentsOf(job.environment), {
    error: ({ input }) => `${nameIn(input)} runs on the agents of another environment`,
  })
  .refine(({ jobs: [job], lockBehavior }) => !('deployment' in job) || lockBehavior === 'sequential', {
    error: ({ input }) => `${nameIn(input)} waits for nobody`,
  });

function poolOf({ pool }: z.infer<typeof Job>): string | undefined {
  return typeof pool === 'object' ? pool.name : pool;
}

function agentsOf(environment: string): string {
  return expanded(
    environment === expanded('parameters.environment')
      ? "variables[format('deliveryPool_{0}', parameters.environment)]"
      : `variables.deliveryPool_${environment}`,
  );
}

function expanded(expression: string): string {
  return `\${{ ${expression} }}`;
}

function nameIn(stage: unknown): string {
  return z.object({ stage: z.string() }).parse(stage).stage;
}

const branches = z.strictObject({ include: z.array(z.string()) });

export const AzurePipelineFile = z.strictObject({
  trigger: z.union([z.literal('none'), z.strictObject({ batch: z.boolean(), branches })]),
  pr: z.union([z.literal('none'), z.strictObject({ autoCancel: z.boolean(), branches })]),
  schedules: z
    .array(
      z.strictObject({
        cron: z.string(),
        displayName: z.string(),
        branches,
        always: z.boolean(),
      }),
    )
    .optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string(),
        displayName: z.string(),
        type: z.literal('string'),
        values: z.array(z.string()).optional(),
        default: z.string().optional(),
      }),
    )
    .optional(),
  pool: Pool.optional(),
  variables: z.tuple([
    z.strictObject({ template: z.string().regex(/^(\.azuredevops\/)?pools\.yml$/) }),
    z.strictObject({ group: z.literal('touchstone-delivery') }),
  ]),
  stages: z.array(Stage),
});

/** The agents of each environment: https://learn.microsoft.com/azure/devops/pipelines/process/templates#variable-reuse. */
export const AzurePools = z.strictObject({
  variables: z.strictObject({
    deliveryPool_dev: z.string(),
    deliveryPool_stage: z.string(),
    deliveryPool_prod: z.string(),
  }),
});
