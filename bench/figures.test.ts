import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overhead } from './functions-host.ts';
import { residentMebibytes, residentMemory } from './resident-memory.ts';
import { readyTimes, timeWithout } from './stack-start.ts';

test('an overhead is the difference within a round', () => {
  const ours = [{ latency: 150 }, { latency: 260 }];
  const reference = [{ latency: 50 }, { latency: 200 }];
  assert.deepEqual(overhead(ours, reference, 'latency'), [100, 60]);
});

test('each process of a stack has its own median over the starts', () => {
  const starts = [
    { processes: { cosmos: 300, blob: 900 } },
    { processes: { cosmos: 500, blob: 700 } },
    { processes: { cosmos: 400, blob: 800 } },
  ];
  assert.deepEqual(readyTimes(starts), {
    cosmos: { median: 400, min: 300, max: 500 },
    blob: { median: 800, min: 700, max: 900 },
  });
});

test('the supervisor has what neither the slowest server nor the slowest app took', () => {
  assert.equal(timeWithout(1000, { cosmos: 300, blob: 600 }), 400);
  assert.equal(timeWithout(2000, { cosmos: 300, blob: 600, api: 700, render: 900 }), 500);
});

test('resident memory is read in KiB and given in MiB', () => {
  const status = 'Name:\tnode\nVmHWM:\t  409600 kB\nVmRSS:\t  204800 kB\nThreads:\t7\n';
  assert.equal(residentMebibytes(status), 200);
  assert.equal(residentMebibytes('Name:\tkthreadd\n'), 0);
});

test('a process that has ended holds nothing', { skip: process.platform !== 'linux' }, () => {
  assert.deepEqual(residentMemory({ gone: 2 ** 30 }), {});
  const { own } = residentMemory({ own: process.pid });
  assert.ok(own !== undefined && own > 10, `${own} MiB`);
});
