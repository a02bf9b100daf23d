import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

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

/** The scan’s exit code for a file with this content. */
function scan(name: string, content: string): Promise<number> {
  writeFileSync(join(folder, name), content);
  const program = join(root, 'node_modules', 'secretlint', 'bin', 'secretlint.js');
  const config = ['--secretlintrc', join(root, '.secretlintrc.json')];
  return new Promise(resolve => {
    const child = execFile(process.execPath, [program, ...config, name], { cwd: folder }, () =>
      resolve(child.exitCode ?? -1),
    );
  });
}

describe('the secret scan', () => {
  for (const [what, content] of Object.entries(planted)) {
    test(`finds ${what}`, async () => {
      assert.equal(await scan(`${what.replaceAll(' ', '-')}.txt`, `value: ${content}\n`), 1);
    });
  }

  test('finds nothing in a placeholder', async () => {
    const harmless = 'AccountKey=<key>; SharedAccessKey=<key>; ?sig=<signature>';
    assert.equal(await scan('harmless.txt', harmless), 0);
  });
});
