import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, openings, type Transition } from './workflow.ts';

type State = 'open' | 'done';
type Action = 'finish' | 'expire';
const table: readonly Transition<State, Action, { readonly left: number }>[] = [
  {
    from: ['open'],
    action: 'finish',
    to: 'done',
    permission: 'work',
    guards: [{ code: 'work_left', refuses: ({ left }) => (left > 0 ? { left } : undefined) }],
  },
  { from: ['open'], action: 'expire', to: 'done', permission: 'none', automatic: true },
];
const everything = (): boolean => true;

test('says what is open and leaves out what only the system does', () => {
  assert.deepEqual(openings(table, 'open', { left: 0 }, everything), [
    { action: 'finish', to: 'done', open: true, needsReason: false, refusals: [] },
  ]);
});

test('says everything that stands against a transition', () => {
  const [row] = openings(table, 'open', { left: 2 }, () => false);
  assert.deepEqual(row?.refusals, [
    { code: 'platform.permission_missing', data: { permission: 'work' } },
    { code: 'work_left', data: { left: 2 } },
  ]);
});

test('an action that the state does not know leads nowhere', () => {
  assert.equal(attempt(table, 'done', 'finish', { left: 0 }, everything), undefined);
});
