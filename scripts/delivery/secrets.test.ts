import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'touchstone-secrets-test-'));
after(() => rmSync(folder, { recursive: true }));

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwx';

/** Put together here, so that this file itself holds nothing that looks like a secret. */
const planted = {
  'a storage key': `AccountName=x;Account${'Key'}=${letters}==`,
  'a key of Service Bus': `SharedAccess${'Key'}=${letters.slice(0, 43)}=`,
  'a shared access signature': `https://x.blob.core.windows.net/c/b?sv=2025-11-05&${'sig'}=${letters.slice(0, 43)}%3D`,
  'a client secret of Entra': `abc8${'Q~'}${letters.slice(0, 34)}`,
  'a webhook secret': `${'whsec'}_${letters.slice(0, 43)}=`,
  'a token of GitHub': `${'ghp'}_${letters.slice(0, 36)}`,
};

type Scan = { readonly exitCode: number; readonly found: readonly string[] };

/** The scan’s exit code for these files, and in which of them it found something. */
function scan(contents: Readonly<Record<string, string>>): Promise<Scan> {
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  const program = join(root, 'node_modules', 'secretlint', 'bin', 'secretlint.js');
  const config = ['--secretlintrc', join(root, '.secretlintrc.json'), '--format', 'json'];
  const args = [program, ...config, ...Object.keys(contents)];
  return new Promise(resolve => {
    const child = execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => {
      const files = JSON.parse(stdout) as { filePath: string; messages: unknown[] }[]; // as secretlint writes it
      const found = files.filter(({ messages }) => messages.length > 0);
      resolve({ exitCode: child.exitCode ?? -1, found: found.map(({ filePath }) => basename(filePath)) });
    });
  });
}

describe('the secret scan', () => {
  let planting: Scan;
  const fileOf = (what: string): string => `${what.replaceAll(' ', '-')}.txt`;

  before(async () => {
    const files = Object.entries(planted).map(([what, content]) => [fileOf(what), `value: ${content}\n`]);
    planting = await scan(Object.fromEntries(files));
    assert.equal(planting.exitCode, 1);
  });

  for (const what of Object.keys(planted)) {
    test(`finds ${what}`, () => {
      assert.ok(planting.found.includes(fileOf(what)));
    });
  }

  test('finds nothing in a placeholder', async () => {
    const harmless = 'AccountKey=<key>; SharedAccessKey=<key>; ?sig=<signature>';
    assert.deepEqual(await scan({ 'harmless.txt': harmless }), { exitCode: 0, found: [] });
  });
});
