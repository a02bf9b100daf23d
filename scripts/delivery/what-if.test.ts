import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summarize, WhatIf } from './what-if.ts';

const group = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-touchstone-dev';
const queue = `${group}/providers/Microsoft.ServiceBus/namespaces/sb-dev/queues/jobs`;

const answer = WhatIf.parse({
  status: 'Succeeded',
  changes: [
    { resourceId: group, changeType: 'NoChange', delta: null },
    {
      resourceId: `${group}/providers/Microsoft.Storage/storageAccounts/stnew`,
      changeType: 'Create',
      delta: null,
    },
    {
      resourceId: queue,
      changeType: 'Modify',
      delta: [
        {
          path: 'properties',
          propertyChangeType: 'Modify',
          before: null,
          after: null,
          children: [
            {
              path: 'lockDuration',
              propertyChangeType: 'Modify',
              before: 'PT30S',
              after: 'PT1M',
              children: null,
            },
            { path: 'status', propertyChangeType: 'NoEffect', before: 'Active', after: null, children: null },
          ],
        },
      ],
    },
    { resourceId: `${group}/providers/Microsoft.KeyVault/vaults/kv-old`, changeType: 'Delete', delta: null },
  ],
});

describe('the summary of a what-if', () => {
  test('counts by kind and tells deletions first', () => {
    const lines = summarize('dev', answer).split('\n');
    assert.equal(lines[0], '### What this changes in dev');
    assert.equal(lines[2], '1 🛑 deleted, 1 changed, 1 created, 1 unchanged');
    assert.equal(lines[4], '- 🛑 deleted `Microsoft.KeyVault/vaults/kv-old`');
  });

  test('tells each property with before and after, and leaves out what has no effect', () => {
    const text = summarize('dev', answer);
    assert.match(
      text,
      /- changed `Microsoft\.ServiceBus\/namespaces\/sb-dev\/queues\/jobs`\n {2}- `properties\.lockDuration`: "PT30S" → "PT1M"\n/,
    );
    assert.doesNotMatch(text, /status/);
  });

  test('of nothing says so', () => {
    assert.match(summarize('prod', { status: 'Succeeded', changes: [] }), /\nnothing\n$/);
  });

  test('is short enough for a comment, whatever changes', () => {
    const [, create] = answer.changes ?? [];
    const changes = Array.from({ length: 5000 }, () => ({
      resourceId: create?.resourceId ?? '',
      changeType: 'Create',
    }));
    const text = summarize('prod', { status: 'Succeeded', changes });
    assert.ok(text.length < 60_000, String(text.length));
    assert.match(text, /and 4700 lines more/);
  });
});
