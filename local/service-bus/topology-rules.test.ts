import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTopology } from './topology.ts';
import { problemIn } from './topology-rules.ts';

/** Place and reason, as `/queues/0/name: …`; undefined when there is nothing wrong. */
function problem(serviceBus: object): string | undefined {
  const found = problemIn(parseTopology({ serviceBus }));
  return found === undefined ? undefined : `/${found.path.join('/')}: ${found.what}`;
}

const topic = (subscription: object, name = 't'): object => ({
  topics: [{ name, subscriptions: [{ name: 's', ...subscription }] }],
});

const refused: readonly [object, RegExp][] = [
  [{ queues: [{ name: 'q/' }] }, /^\/queues\/0\/name: .*'q\/' is not valid/],
  [topic({ name: 'a/b' }), /^\/topics\/0\/subscriptions\/0\/name: .*'a\/b' is not valid/],
  [{ queues: [{ name: 'q' }, { name: 'Q' }] }, /^\/queues\/1\/name: the name 'Q' is taken/],
  [{ queues: [{ name: 't' }], ...topic({}) }, /^\/topics\/0\/name: the name 't' is taken/],
  [
    { topics: [{ name: 't', subscriptions: [{ name: 's' }, { name: 'S' }] }] },
    /subscriptions\/1\/name: the name 'S'/,
  ],
  [topic({ filter: 'a =' }), /^\/topics\/0\/subscriptions\/0\/filter: /],
  [topic({ filter: `a = '${'x'.repeat(1024)}'` }), /filter: .*at most 1024 characters/],
  [
    { queues: [{ name: 'q', forwardTo: 'none' }] },
    /^\/queues\/0\/forwardTo: there is no queue or topic 'none'/,
  ],
  [topic({ forwardDeadLettersTo: 'none' }), /subscriptions\/0\/forwardDeadLettersTo: there is no/],
  [
    { queues: [{ name: 'q', forwardTo: 'Q' }] },
    /^\/queues\/0\/forwardTo: an entity cannot forward to itself/,
  ],
  [topic({ forwardTo: 't' }), /subscriptions\/0\/forwardTo: an entity cannot forward to itself/],
  [{ queues: [{ name: 'q' }, { name: 'r', requiresSession: true, forwardTo: 'q' }] }, /requires sessions/],
  [
    { queues: [{ name: 'q', duplicateDetectionSeconds: 5 }] },
    /duplicateDetectionSeconds is from 20 to 604800, not 5/,
  ],
  [
    { queues: [{ name: 'q', lockSeconds: 4.9 }] },
    /^\/queues\/0\/lockSeconds: lockSeconds is from 5 to 300, not 4.9/,
  ],
  [{ topics: [{ name: 't', defaultTtlSeconds: 0.5 }] }, /defaultTtlSeconds is 1 or more, not 0.5/],
  [topic({ maxSizeMegabytes: 3 }), /maxSizeMegabytes is one of 1024, 2048, 3072, 4096, 5120, not 3/],
];

test('what Azure would refuse of a topology is named with its place', () => {
  for (const [serviceBus, line] of refused) assert.match(problem(serviceBus) ?? 'nothing wrong', line);
});

test('what Azure takes is taken', () => {
  const queues = [
    {
      name: 'a/b',
      lockSeconds: 5,
      duplicateDetectionSeconds: 20,
      maxSizeMegabytes: 5120,
      defaultTtlSeconds: 1,
    },
    { name: 'q', duplicateDetectionSeconds: 0, forwardTo: 'T', forwardDeadLettersTo: 'a/b' },
  ];
  assert.equal(problem({ queues, ...topic({ filter: "kind LIKE 'p%'", forwardTo: 'a/b' }) }), undefined);
});
