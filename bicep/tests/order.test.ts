import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { ofType, propertiesOf } from './deployed.ts';

const folder = join(import.meta.dirname, '..');
const files = globSync('*.bicep', { cwd: folder }).map(name => ({
  name: basename(name),
  blocks: readFileSync(join(folder, name), 'utf8')
    .split(/^(?=(?:resource|module|output|var|param|func) )/m)
    .map(text => ({ text, head: /^(resource|module) (\w+) '([^@']+)[^']*'( existing)?/.exec(text) })),
}));

test('whoever names a resource of its own file by resourceId() says that it waits for it', () => {
  let found = 0;
  for (const { name, blocks } of files)
    for (const { text, head } of blocks) {
      if (head === null) continue;
      const [, edges = ''] = /\n {2}(?: {2})?dependsOn: \[([^\]]*)\]/.exec(text) ?? [];
      const waitsFor = new Set(edges.match(/\w+/g));
      for (const [, type = ''] of text.matchAll(/(?<!\w)resourceId\('([^']+)'/g)) {
        found += 1;
        const makers = blocks.flatMap(one =>
          one.head?.[1] === 'resource' && one.head[3] === type && !one.head[4] ? [one.head[2] ?? ''] : [],
        );
        const modules = blocks.flatMap(one => (one.head?.[1] === 'module' ? [one.head[2] ?? ''] : []));
        const candidates = makers.length > 0 ? makers : modules;
        assert.ok(
          candidates.some(maker => waitsFor.has(maker)),
          `${head[2]} of ${name} names a ${type}`,
        );
      }
    }
  assert.ok(found >= 3);
});

test('regions are made one after the other, since both join the same accounts, and after the mail password can be read', () => {
  const main = readFileSync(join(folder, 'main.bicep'), 'utf8');
  assert.match(main, /\n@batchSize\(1\)\nmodule stamps 'region\.bicep' = \[\n/);
  const [, stamps = ''] = main.split(/^module stamps /m);
  const [, edges = ''] = /\n {4}dependsOn: \[([^\]]*)\]/.exec(stamps) ?? [];
  assert.deepEqual(edges.split(', ').sort(), ['groups', 'mailRole']);
});

test('what is deployed to the subscription names its region, since Azure keeps the record and lets none change its own', () => {
  const main = files.find(({ name }) => name === 'main.bicep') ?? assert.fail();
  const records = main.blocks.filter(
    ({ text, head }) => head?.[1] === 'module' && !/\n {2,4}scope: /.test(text),
  );
  assert.ok(records.length >= 2);
  for (const { text, head } of records)
    assert.match(text, /\n {2}name: '[^'\n]+-\$\{location\}'\n/, head?.[2]);
});

test('a network is made after all of its rules', () => {
  for (const environment of ['stage', 'prod'] as const)
    for (const network of ofType(environment, 'Microsoft.Network/virtualNetworks')) {
      const before = new Set(network.dependsOn.map(({ id }) => id));
      for (const { properties } of propertiesOf(network).subnets)
        assert.ok(before.has(properties.networkSecurityGroup.id), properties.networkSecurityGroup.id);
    }
});

test('an assignment is named after its principal, so that an identity made again gets its own', () => {
  // Whose principal is known only after the start, which a name may not be: decision 9 says what to clean up.
  const late = ['mayReadCertificate', 'mayEncrypt'];
  let found = 0;
  for (const { name, blocks } of files)
    for (const { text, head } of blocks) {
      if (head === null || !/\/(roleAssignments|sqlRoleAssignments)$/.test(head[3] ?? '')) continue;
      if (late.includes(head[2] ?? '')) continue;
      found += 1;
      const [, named = ''] = /\n {2,4}name: guid\((.+)\)\n/.exec(text) ?? [];
      const [, principal = ''] = /principalId: (.+)\n/.exec(text) ?? [];
      assert.ok(named.split(', ').includes(principal), `${head[2]} of ${name}: ${named}`);
    }
  assert.ok(found >= 12);
});
