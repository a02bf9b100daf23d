import type { Composition } from '../functions/compose.ts';
import { openProduct } from '../scripts/provision.ts';
import { type Caller, systemCaller } from '../shared/kernel/index.ts';
import { testStack } from './stack.ts';
import { trustStack } from './trust.ts';

/** What a stack without apps does not say. */
const SURROUNDINGS = {
  TOUCHSTONE_BASE_DOMAIN: 'localhost',
  TOUCHSTONE_PUBLIC_URL: 'http://{slug}.localhost',
  TOUCHSTONE_REGION: 'local',
};

type Settings = Readonly<Record<string, string>>;

/** The product's own parts in this process, as one more instance of the api would be. On this run's stack by default. */
export function openTestProduct(settings: Settings = testStack().settings): Composition {
  trustStack(settings);
  // The relay of the stack tells what these tests commit; a connection of our own would keep the process alive.
  Object.assign(process.env, SURROUNDINGS, settings, { MESSAGING_DIRECT_SEND: 'false' });
  return openProduct(process.env);
}

/** A caller of a tenant that needs no directory entry. */
export function callerOf(tenant: string): Caller {
  return systemCaller(tenant, tenant, `test-${tenant}`);
}
