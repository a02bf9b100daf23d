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
  'ManualValidation@1': z.strictObject({
    notifyUsers: z.string(),
    instructions: z.string(),
    onTimeout: z.enum(['reject', 'resume']),
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
  variables: z.array(z.strictObject({ group: z.string() })),
  stages: z.array(
    z.strictObject({
      stage: z.string(),
      displayName: z.string(),
      dependsOn: z.array(z.string()),
      condition: z.string().optional(),
      lockBehavior: z.enum(['sequential', 'runLatest']).optional(),
      jobs: z.array(Job).length(1),
    }),
  ),
});
