import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const PROGRAM = `
  import { createOutput } from './output.ts';
  const output = createOutput('app', () => 'information');
  output.host('information', 'here');
  output.flush();`;

function written(environment: Readonly<Record<string, string>>): string {
  return spawnSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  }).stderr;
}

test('lines have colours only where they are wanted', () => {
  assert.ok(written({ FORCE_COLOR: '1' }).includes('\u001b[36mapp'));
  for (const environment of [{}, { FORCE_COLOR: '0' }, { NO_COLOR: '1' }]) {
    assert.match(written(environment), /^[\d:.]+ app info here\n$/);
  }
});
