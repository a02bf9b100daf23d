import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTurn } from './in-turn.ts';

test('work on one thing is done one after another, in the order of asking, also after a failure', async () => {
  const steps: string[] = [];
  const work =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      steps.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const outcomes = await Promise.allSettled([
    inTurn('srf_1', work('first', true)),
    inTurn('srf_1', work('second')),
    inTurn('srf_1', work('third')),
  ]);
  assert.deepEqual(
    outcomes.map(outcome => outcome.status),
    ['rejected', 'fulfilled', 'fulfilled'],
  );
  assert.deepEqual(
    steps,
    ['first', 'second', 'third'].flatMap(name => [`${name} begins`, `${name} ends`]),
  );
});

test('work on different things does not wait', async () => {
  let release = (): void => undefined;
  const blocked = inTurn('srf_2', () => new Promise<void>(resolve => (release = resolve)));
  assert.equal(await inTurn('srf_3', async () => 'done'), 'done');
  await Promise.resolve();
  release();
  await blocked;
});
