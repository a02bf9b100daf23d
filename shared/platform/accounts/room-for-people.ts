import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { userKind } from '../identity/index.ts';
import type { RecordKind } from '../records/index.ts';
import { assertWithinPlan } from '../tenancy/index.ts';

/** People whom a plan counts: nobody can be deleted, so whoever may not log in any more makes room. */
const COUNTED = { status: ['invited', 'active'] } as const;

/** Refuses one more person than the tenant's plan has room for, whichever way they come. */
export function assertRoomForPeople(platform: Capabilities, caller: Caller): Promise<void> {
  const directory = platform.records.for(caller).scope('directory');
  return assertWithinPlan(platform, caller, 'users', () => directory.count(userKind as RecordKind, COUNTED));
}
