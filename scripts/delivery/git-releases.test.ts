import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeRelease, readTags, withRelease } from './git-releases.ts';

const folder = mkdtempSync(join(tmpdir(), 'touchstone-releases-test-'));
const origin = join(folder, 'origin.git');
const repository = join(folder, 'clone');
const BUILD =
  "require('fs').mkdirSync('dist/packages/api',{recursive:true});require('fs').copyFileSync('version','dist/packages/api/version')";

after(() => rmSync(folder, { recursive: true }));

function git(...args: string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...who, ...args], { cwd: repository, encoding: 'utf8', stdio: 'pipe' });
}

/** A product whose build copies its version into its package. */
function commitVersion(version: string): void {
  writeFileSync(join(repository, 'version'), version);
  git('add', '--all');
  git('commit', '--quiet', '--message', `version ${version}`);
}

describe('releases of a repository', () => {
  before(() => {
    mkdirSync(repository);
    execFileSync('git', ['init', '--quiet', '--bare', origin]);
    git('init', '--quiet');
    git('remote', 'add', 'origin', origin);
    const { version } = { version: '1.0.0' };
    writeFileSync(join(repository, 'build.cjs'), BUILD);
    const manifest = { name: 'product', version, scripts: { build: 'node build.cjs' } };
    writeFileSync(join(repository, 'package.json'), JSON.stringify(manifest));
    const packages = { '': { name: 'product', version } };
    const lock = { name: 'product', version, lockfileVersion: 3, requires: true, packages };
    writeFileSync(join(repository, 'package-lock.json'), JSON.stringify(lock));
    commitVersion('first');
  });

  test('are tags that are pushed; the last one that does not run is built again from its own tree', async () => {
    const first = await makeRelease(new Date('2026-11-25T10:00:00Z'), repository);
    assert.equal(first, 'release-2026.11.25.1');
    commitVersion('second');
    assert.equal(await makeRelease(new Date('2026-11-25T11:00:00Z'), repository), 'release-2026.11.25.2');
    assert.match(execFileSync('git', ['tag'], { cwd: origin, encoding: 'utf8' }), /release-2026\.11\.25\.2/);
    let built = '';
    const tag = await withRelease(
      undefined,
      async packages => {
        built = readFileSync(join(packages, 'api', 'version'), 'utf8');
      },
      repository,
    );
    assert.equal(tag, first);
    assert.equal(built, 'first');
    assert.equal(readFileSync(join(repository, 'version'), 'utf8'), 'second');
  });

  test('leave nothing behind when what is done with one fails', async () => {
    const failing = withRelease(undefined, () => Promise.reject(new Error('no')), repository);
    await assert.rejects(failing, /no/);
    assert.equal(git('worktree', 'list').trim().split('\n').length, 1);
    assert.deepEqual((await readTags(repository)).head, ['release-2026.11.25.2']);
  });
});
