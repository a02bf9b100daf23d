import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const run = (script: string, option: string) =>
  spawnSync(process.execPath, ['--import', join(root, 'scripts/load-jsx.ts'), join(root, script), option], {
    encoding: 'utf8',
  });

test('every command answers a wrong option with one sentence, the options that there are, and code 2', () => {
  for (const script of ['scripts/demo.ts', 'scripts/smoke.ts', 'scripts/test.ts', 'local/identity/main.ts']) {
    const { status, stderr } = run(script, '--wrong');
    assert.equal(status, 2, script);
    assert.match(stderr, /^Unknown option '--wrong'\.\n\n/, script);
    assert.doesNotMatch(stderr, /^ {4}at /m, script);
  }
});

test('--help prints the options, and nothing is done', () => {
  for (const [script, option] of [
    ['scripts/demo.ts', /--alone/],
    ['scripts/smoke.ts', /--webhook-url/],
    ['local/identity/main.ts', /^Options: --port VALUE, --data VALUE$/m],
    ['local/main.ts', /--topology FILE/],
  ] as const) {
    const { status, stdout, stderr } = run(script, '--help');
    assert.deepEqual([status, stderr], [0, ''], script);
    assert.match(stdout, option);
  }
});
