import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { userKind } from '../identity/index.ts';
import type { RecordKind, StateWrite } from '../records/index.ts';
import { commitWithinPlan } from '../tenancy/index.ts';

/** People whom a plan counts: nobody can be deleted, so whoever may not log in any more makes room. */
const COUNTED = { status: ['invited', 'active'] } as const;

/**
 * Makes a commit in the directory that adds a person, whichever way they come, or refuses it when the tenant's plan has no room for
 * one more. The commit takes the states along that it is given.
 */
export function commitOnePerson<T>(
  platform: Capabilities,
  caller: Caller,
  commit: (states: readonly StateWrite[]) => Promise<T>,
): Promise<T> {
  const scope = platform.records.for(caller).scope('directory');
  const used = () => scope.count(userKind as RecordKind, COUNTED);
  return commitWithinPlan(platform, caller, 'users', { scope, used }, commit);
}
