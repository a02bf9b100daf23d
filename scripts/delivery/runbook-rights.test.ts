import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import roles from '../../bicep/roles.json' with { type: 'json' };
import { instructionsOf, needsOf } from './runbook-rights.fixture.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'docs', 'runbooks');
const pages = readdirSync(folder).map(name => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const all = pages.flatMap(({ text }) => instructionsOf(text));

/** Whether a list of actions covers one; names of actions have no case, and `*` stands for anything. */
function covers(list: readonly string[], action: string): boolean {
  const shape = (pattern: string): string => pattern.replace(/[.]/g, '\\.').replace(/\*/g, '.*');
  return list.some(pattern => new RegExp(`^${shape(pattern)}$`, 'i').test(action));
}

describe('people on call', () => {
  for (const { name, text } of pages) {
    test(`may run each command of ${name}, in the role that it names`, () => {
      for (const instruction of instructionsOf(text)) {
        const { actions = [], data = [] } = needsOf(instruction);
        if (instruction.who === 'owner') continue;
        const role = roles.people[instruction.who];
        for (const action of actions)
          assert.ok(
            covers(role.actions, action) && !covers(role.notActions, action),
            `${role.name} lacks ${action}: ${instruction.line}`,
          );
        for (const action of data)
          assert.ok(covers(role.dataActions, action), `${role.name} lacks ${action}: ${instruction.line}`);
      }
    });

    test(`are not told by ${name} to run a step of delivery themselves, which needs the pipeline's rights`, () => {
      assert.doesNotMatch(text, /npm run (deliver|provision)|az deployment (operation )?sub|az group delete/);
    });
  }

  test('may do nothing but read that no runbook asks of them', () => {
    const needed = all.filter(({ who }) => who === 'operator').map(needsOf);
    const asked = new Set(needed.flatMap(({ actions = [], data = [] }) => [...actions, ...data]));
    const { actions, dataActions } = roles.people.operator;
    const unused = [...actions, ...dataActions].filter(action => action !== '*/read' && !asked.has(action));
    assert.deepEqual(unused, []);
  });

  test('name break-glass only where operators may not', () => {
    const { actions, notActions, dataActions } = roles.people.operator;
    for (const instruction of all.filter(({ who }) => who === 'breakGlass')) {
      const needs = needsOf(instruction);
      const may =
        (needs.actions ?? []).every(one => covers(actions, one) && !covers(notActions, one)) &&
        (needs.data ?? []).every(one => covers(dataActions, one));
      // A line may name both: what operators do first, and what remains when it fails.
      const others = instructionsOf(instruction.line).filter(({ what }) => what !== instruction.what);
      assert.ok(!may || others.length > 0, instruction.line);
    }
  });

  test('ask the pipeline only for what its maintenance offers', () => {
    const read = (path: string) => parse(readFileSync(join(root, path), 'utf8'));
    const offered: readonly string[] = read('.github/workflows/maintenance.yml').on.workflow_dispatch.inputs
      .step.options;
    const there = read('.azuredevops/maintenance.yml').parameters.find(
      ({ name }: { name: string }) => name === 'step',
    );
    assert.deepEqual(there.values, offered);
    const usage = readFileSync(join(root, 'scripts', 'deliver.ts'), 'utf8');
    for (const step of offered) assert.match(usage, new RegExp(`\\n {2}${step} `), step);
    const wanted = pages.flatMap(({ text }) =>
      [...text.matchAll(/(?:^\s*|`)maintain ([\w-]+)/gm)].map(match => match[1] ?? ''),
    );
    assert.ok(wanted.length > 10);
    assert.deepEqual(
      wanted.filter(step => !offered.includes(step)),
      [],
    );
  });
});

test('a command that nobody thought of is refused, not taken as harmless', () => {
  const [unknown] = instructionsOf('1. Then `az group delete -n $rg`.');
  assert.ok(unknown !== undefined);
  assert.throws(() => needsOf(unknown), /nobody knows what az group delete needs/);
});
