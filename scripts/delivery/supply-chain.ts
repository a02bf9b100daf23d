import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readAudit } from './audit.ts';
import { outputOf, run } from './commands.ts';

const root = join(import.meta.dirname, '..', '..');
const SBOM = join(root, 'dist', 'sbom.cdx.json');

/**
 * Fails when a dependency has a known weakness that is high or critical. Where the registry answers no audits that is said
 * and let pass, unless `required`.
 */
export async function audit(required: boolean): Promise<void> {
  const outcome = readAudit(await outputOf('npm', ['audit', '--json'], root));
  if (outcome.outcome === 'unknown') {
    if (required) throw new Error(`the audit could not be made: ${outcome.why}`);
    process.stdout.write(`audit: not made, since the registry does not answer (${outcome.why})\n`);
    return;
  }
  for (const line of outcome.lines) process.stdout.write(`audit: ${line}\n`);
  if (outcome.outcome === 'found') throw new Error('dependencies have weaknesses that are high or critical');
  process.stdout.write('audit: nothing high or critical\n');
}

/** Fails when a file of the repository holds what looks like a secret. `.secretlintrc.json` says what does. */
export async function scanForSecrets(): Promise<void> {
  const files = (await outputOf('git', ['ls-files', '-z'], root)).split('\0').filter(name => name !== '');
  if (files.length === 0) throw new Error('git lists no files, so nothing was scanned');
  const program = join(root, 'node_modules', 'secretlint', 'bin', 'secretlint.js');
  await run(process.execPath, [program, ...files], { cwd: root });
  process.stdout.write(`secrets: none in ${files.length} files\n`);
}

/** Writes what we are made of, as CycloneDX. Development dependencies are in it: fonts and the API page ship from there. */
export async function writeBillOfMaterials(): Promise<void> {
  const text = await outputOf(
    'npm',
    ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
    root,
  );
  const { bomFormat, components } = JSON.parse(text);
  if (bomFormat !== 'CycloneDX' || !Array.isArray(components)) throw new Error('npm sbom made no CycloneDX');
  mkdirSync(dirname(SBOM), { recursive: true });
  writeFileSync(SBOM, text);
  process.stdout.write(`sbom: ${components.length} components in dist/sbom.cdx.json\n`);
}
