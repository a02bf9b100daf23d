import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noSooner } from './no-sooner.ts';

/** All that can go on without anything else happening has gone on. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Work and a pause that end when the test says so, and what was heard of the answer. */
function begun() {
  const [work, pause] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  const asked: number[] = [];
  const heard: string[] = [];
  const whole = noSooner(
    250,
    () => work.promise,
    milliseconds => {
      asked.push(milliseconds);
      return pause.promise;
    },
  );
  const answer = whole.then(
    result => void heard.push(result),
    error => void heard.push(String(error)),
  );
  return { work, pause, asked, heard, answer };
}

test('an answer waits for its time when the work is done before', async () => {
  const { work, pause, asked, heard, answer } = begun();
  assert.deepEqual(asked, [250], 'the time runs from the beginning');
  work.resolve('done');
  await settled();
  assert.deepEqual(heard, []);
  pause.resolve();
  await answer;
  assert.deepEqual(heard, ['done']);
});

test('an answer waits for the work when its time is over before', async () => {
  const { work, pause, heard, answer } = begun();
  pause.resolve();
  await settled();
  assert.deepEqual(heard, []);
  work.resolve('done');
  await answer;
  assert.deepEqual(heard, ['done']);
});

test('a refusal is told', async () => {
  const { work, heard, answer } = begun();
  work.reject(new Error('refused'));
  await answer;
  assert.deepEqual(heard, ['Error: refused']);
});
