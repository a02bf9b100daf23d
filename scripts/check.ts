/** `npm run check`: types, lint and format, import rules, unused code, secrets, the build. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { requiredVariables } from '../bicep/evaluate/required-variables.ts';

const root = join(import.meta.dirname, '..');
const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['lint and format', 'biome', 'check', '--error-on-warnings', '.'],
  [
    'import rules',
    'depcruise',
    'functions',
    'shared',
    'local',
    'tests',
    'scripts',
    'bench',
    'bicep',
    '--config',
    '.dependency-cruiser.cjs',
  ],
  ['unused code', 'knip', '--no-progress'],
  ['page of roles', process.execPath, 'scripts/roles-page.ts', '--check'],
  ['page of access', process.execPath, 'scripts/access-page.ts', '--check'],
  ['page of problems', process.execPath, 'scripts/problems-page.ts', '--check'],
  ['conformance tables', process.execPath, 'scripts/conformance.ts', '--check'],
  ['OpenAPI', process.execPath, 'scripts/lint-openapi.ts'],
  ['secrets', process.execPath, 'scripts/deliver.ts', 'secrets'],
  ['build', process.execPath, 'scripts/build.ts'],
  ...templateSteps(),
];

const failed = steps.filter(([name, command, ...args]) => !passes(name, command, args));
process.exitCode = failed.length === 0 ? 0 : 1;

/** The real compiler, where there is one; without it the tests under bicep/ read the templates by themselves. */
function templateSteps(): readonly (readonly [name: string, command: string, ...args: string[]])[] {
  if (spawnSync('bicep', ['--version']).status !== 0) return [];
  return [
    ['templates', 'bicep', 'lint', 'bicep/main.bicep'],
    ...['dev', 'stage', 'prod'].map(
      name =>
        [`parameters of ${name}`, 'bicep', 'build-params', `bicep/${name}.bicepparam`, '--stdout'] as const,
    ),
  ];
}

function passes(name: string, command: string, args: readonly string[]): boolean {
  const started = performance.now();
  const env = { ...requiredVariables, ...process.env };
  const result = spawnSync(command, [...args], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, env });
  const good = result.status === 0;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${good ? styleText('green', '✓') : styleText('red', '✗')} ${name} ${seconds} s\n`);
  if (!good)
    process.stdout.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}\n`);
  return good;
}
