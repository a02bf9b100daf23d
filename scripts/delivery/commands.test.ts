import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { LEAST_AZ, minutesOfAz, openAz, outputOf, run } from './commands.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'touchstone-commands-test-'));
const path = process.env['PATH'] ?? '';
const AT_ONCE = 0.005;

/** Commands that `az` does not have by itself, by the extension that brings them. */
const EXTENSIONS = {
  cdn: /\baz (afd|cdn) /,
  'front-door': /\baz network front-door /,
  'log-analytics': /\baz monitor log-analytics query /,
};

/** A program `az` at the front of the path, of this version. What it is asked does not end when its first word is `sleep`. */
function install(version: string): void {
  const script = [
    '#!/bin/sh',
    `if [ "$1" = version ]; then echo '{"azure-cli": "${version}", "extensions": {}}'; exit; fi`,
    'if [ "$1" = sleep ]; then sleep 20; fi',
    'echo "[\\"$*\\"]"',
  ];
  writeFileSync(join(folder, 'az'), script.join('\n'), { mode: 0o755 });
}

before(() => {
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});
after(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

describe('az', () => {
  for (const version of ['2.80.0', '2.89.1', '2.9.5', '1.99.0']) {
    test(`${version} is refused before it is asked anything`, async () => {
      install(version);
      await assert.rejects(openAz()('group', 'list'), {
        message: `az is ${version}, and delivery needs ${LEAST_AZ} or newer: az upgrade`,
      });
    });
  }

  for (const version of [LEAST_AZ, '2.91.0', '2.100.0', '3.0.0']) {
    test(`${version} is asked`, async () => {
      install(version);
      assert.deepEqual(await openAz()('group', 'list'), ['group list --only-show-errors --output json']);
    });
  }

  test('of an old version ends a step of delivery with these words', async () => {
    install('2.86.0');
    const step = ['scripts/deliver.ts', 'infrastructure', '--to', 'dev'];
    const loader = ['--import', './scripts/load-jsx.ts'];
    const ended = promisify(execFile)(process.execPath, [...loader, ...step], { cwd: root });
    await assert.rejects(ended, {
      code: 1,
      stderr: /^infrastructure: az is 2\.86\.0, and delivery needs 2\.90/,
    });
  });

  test('is given up when it does not end, though what it started lives on', async () => {
    install(LEAST_AZ);
    const asked = openAz(command => (command === 'version' ? 1 : AT_ONCE))('sleep', 'well', '--name', 'x');
    await assert.rejects(
      asked,
      /^Error: az sleep well did not end within 0\.005 minutes; what Azure began goes on there$/,
    );
  });

  test('has longer for what Azure does slowly, and an end for everything', () => {
    assert.equal(minutesOfAz('deployment sub create --name x'), 80);
    assert.equal(minutesOfAz('deployment sub show --name x'), 15);
    assert.equal(minutesOfAz('functionapp deployment source config-zip --name x'), 15);
  });

  test('of the version that is asked for is the one of the guide', () => {
    const guide = readFileSync(join(root, 'docs', 'deployment.md'), 'utf8');
    assert.ok(guide.includes(`\`az\` ${LEAST_AZ.replace(/\.0$/, '')} or newer`));
  });
});

describe('extensions of az', () => {
  const files = (folder: string): readonly string[] =>
    readdirSync(join(root, folder)).map(name => readFileSync(join(root, folder, name), 'utf8'));

  for (const [extension, commands] of Object.entries(EXTENSIONS)) {
    test(`are told to people whose commands come from ${extension}`, () => {
      const guide = readFileSync(join(root, 'docs', 'deployment.md'), 'utf8');
      for (const pages of [[guide], files('docs/runbooks')]) {
        const wanted = pages.some(page => commands.test(page));
        assert.ok(!wanted || pages.join('\n').includes(`az extension add -n ${extension}`));
      }
    });
  }

  test('are nothing that delivery uses, since nobody installs them on a runner', () => {
    const asked = files('scripts/delivery').filter(text => !text.includes("from 'node:test'"));
    for (const text of asked) assert.doesNotMatch(text, /\baz\(\s*'(afd|cdn)'|'front-door'|'log-analytics'/);
  });
});

describe('other programs', () => {
  const endless = ['-e', 'setInterval(() => undefined, 1000)'];

  test('are given up when they do not end', async () => {
    await assert.rejects(run(process.execPath, endless, { minutes: AT_ONCE }), /-e did not end within/);
  });

  test('tell their code, and what they wrote before it', async () => {
    await assert.rejects(run(process.execPath, ['-e', 'process.exit(3)']), /ended with code 3/);
    const talking = ['-e', 'console.log("said"); process.exitCode = 3'];
    assert.equal(await outputOf(process.execPath, talking), 'said\n');
    await assert.rejects(outputOf('no-such-program', []), { code: 'ENOENT' });
  });
});
