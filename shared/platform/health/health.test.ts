import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUp, openHealth } from './health.ts';

test('a part that fails is down and says nothing of why', async () => {
  const health = openHealth(
    { good: async () => undefined, bad: () => Promise.reject(new Error('https://secret.example refused')) },
    () => new Date(0),
  );
  const checks = await health.checks();
  assert.deepEqual(
    checks.map(({ name, status }) => [name, status]),
    [
      ['good', 'up'],
      ['bad', 'down'],
    ],
  );
  assert.equal(isUp(checks), false);
  assert.doesNotMatch(JSON.stringify(checks), /secret|refused/);
});

test('a hundred who ask are one question, until ten seconds later; sooner while something is down', async () => {
  let time = 0;
  let asked = 0;
  let fails = false;
  const probe = async (): Promise<void> => {
    asked += 1;
    if (fails) throw new Error('out');
  };
  const health = openHealth({ probe }, () => new Date(time));
  await Promise.all(Array.from({ length: 100 }, () => health.checks()));
  time = 9999;
  await health.checks();
  assert.equal(asked, 1);
  time = 10_000;
  fails = true;
  await health.checks();
  assert.equal(asked, 2);
  time = 12_000;
  await health.checks();
  assert.equal(asked, 3);
});
