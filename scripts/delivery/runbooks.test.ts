import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import alerts from '../../bicep/alerts.json' with { type: 'json' };
import host from '../../host.json' with { type: 'json' };
import { makeApp } from '../../shared/app.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'docs', 'runbooks');
const read = (path: string): string => readFileSync(path, 'utf8');
const runbooks = readdirSync(folder).filter(name => name !== 'README.md');
const rules = [...alerts.metrics, ...alerts.logs, alerts.budget];
const SECTIONS = ['## See it', '## Do', '## It is over when', '## Wake'];

/** `GET /api/v1/users/{}` for each endpoint, with every parameter as one. */
const endpoints = new Set(
  makeApp({ assetsFolder: root, version: 'test' }).endpoints.map(({ method, path }) => {
    const full = path.startsWith('//') ? path.slice(1) : `/api/v1${path}`;
    return `${method} ${full.replace(/:\w+/g, '{}')}`;
  }),
);

/** The calls of our API that a text asks for: `METHOD /path` in words, and what curl gets. */
function callsIn(text: string): readonly string[] {
  const spoken = [...text.matchAll(/\b(GET|POST|PATCH|DELETE) (\/api\/[^\s`?]+)/g)].map(match => [
    match[1],
    match[2],
  ]);
  const curled = [...text.matchAll(/curl -\w+ "?https:\/\/[^/\s]+(\/[^\s`"|]+)/g)].map(match => [
    'GET',
    match[1],
  ]);
  return [...spoken, ...curled]
    .map(([method, path = '']) => `${method} ${path.replace(/[{<][^}>]+[}>]/g, '{}')}`)
    .filter(call => !call.includes('/api/v1/{}'));
}

describe('the runbooks', () => {
  for (const { name, title, ...rule } of rules) {
    test(`${name} has one, with the alert’s own words and severity, there and on the first page`, () => {
      const { severity, runbook } = { runbook: name, ...rule };
      const text = read(join(folder, `${runbook}.md`));
      if (runbook === name) assert.ok(text.startsWith(`# ${title}\n`));
      const [, named = '', stated] = /^(.+) · severity (\d) · /m.exec(text) ?? assert.fail(runbook);
      assert.ok(text.includes(`\`${name}\``), `${runbook} speaks of ${name}`);
      assert.ok(named.includes(`\`${runbook}\``) || named.includes(`\`${name}\``), named);
      assert.equal(Number(stated), severity);
      const page = read(join(folder, 'README.md'));
      assert.ok(
        page.includes(`\n- [${name}](${runbook}.md), severity ${severity}: ${title}\n`),
        'first page',
      );
    });
  }

  for (const name of runbooks) {
    const text = read(join(folder, name));

    test(`${name} says how to see it, what to do, when it is over and whom to wake`, () => {
      const headings = [...text.matchAll(/^## .+$/gm)].map(match => match[0]);
      assert.deepEqual(headings, SECTIONS);
      assert.match(text.split('## Do')[1] ?? '', /^1\. /m, 'steps are numbered');
    });
  }

  test('are all on the first page', () => {
    const page = read(join(folder, 'README.md'));
    for (const name of runbooks) assert.ok(page.includes(`(${name})`), name);
  });
});

describe('what runbooks ask the logs for', () => {
  // https://github.com/Azure/azure-functions-host logs it in the category Host.Startup at Information.
  test('about starts of the host is written there', () => {
    const asking = runbooks.filter(name => read(join(folder, name)).includes('"Host started"'));
    assert.ok(asking.length > 0);
    assert.equal(host.logging.logLevel['Host.Startup'], 'Information');
  });
});

describe('the pages for operators', () => {
  const pages = ['deployment.md', 'cost.md', ...readdirSync(folder).map(name => `runbooks/${name}`)];
  const { scripts } = JSON.parse(read(join(root, 'package.json')));
  const usage = read(join(root, 'scripts', 'deliver.ts'));

  for (const page of pages) {
    const path = join(root, 'docs', page);
    const text = read(path);

    test(`${page} leads only to what is there`, () => {
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(dirname(path), target)), target);
      }
      for (const [, script = '', step] of text.matchAll(/npm run ([\w-]+)(?: -- ([\w-]+))?/g)) {
        assert.ok(script in scripts, `npm run ${script}`);
        if (script === 'deliver' && step !== undefined)
          assert.match(usage, new RegExp(`\\n {2}${step} `), step);
      }
      for (const call of callsIn(text)) assert.ok(endpoints.has(call), call);
    });
  }
});
