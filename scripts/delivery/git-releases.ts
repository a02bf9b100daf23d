import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, run } from './commands.ts';
import { nextTag, tagToReturnTo } from './releases.ts';

const root = join(import.meta.dirname, '..', '..');

/** The tags of a repository, and those of the commit that is checked out. */
export async function readTags(
  repository: string = root,
): Promise<{ readonly all: readonly string[]; readonly head: readonly string[] }> {
  const lines = (text: string): readonly string[] => text.split('\n').filter(line => line !== '');
  return {
    all: lines(await outputOf('git', ['tag', '--list'], repository)),
    head: lines(await outputOf('git', ['tag', '--points-at', 'HEAD'], repository)),
  };
}

/**
 * Builds an earlier release in a folder of its own, from its own lock file, and hands the folder of its packages to `use`.
 * `wanted` names the release; the last one before what is checked out by default. Resolves with its tag.
 */
export async function withRelease(
  wanted: string | undefined,
  use: (packages: string) => Promise<void>,
  repository: string = root,
): Promise<string> {
  const { all, head } = await readTags(repository);
  const tag = tagToReturnTo(all, head, wanted);
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-release-'));
  const tree = join(folder, 'tree');
  try {
    await run('git', ['worktree', 'add', '--quiet', '--detach', tree, tag], { cwd: repository });
    await run('npm', ['ci', '--ignore-scripts'], { cwd: tree });
    await run('npm', ['run', 'build'], { cwd: tree });
    await use(join(tree, 'dist', 'packages'));
  } finally {
    await run('git', ['worktree', 'remove', '--force', tree], { cwd: repository }).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
  return tag;
}

/** Tags what is checked out as a release of `now` and pushes the tag. Resolves with it. */
export async function makeRelease(now: Date, repository: string = root): Promise<string> {
  const tag = nextTag((await readTags(repository)).all, now);
  await run('git', ['tag', tag], { cwd: repository });
  await run('git', ['push', '--quiet', 'origin', `refs/tags/${tag}`], { cwd: repository });
  return tag;
}
