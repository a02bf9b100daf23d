import type { Composition } from '../functions/compose.ts';
import { openProduct } from '../scripts/provision.ts';
import { type Caller, systemCaller } from '../shared/kernel/index.ts';
import { testStack } from './stack.ts';
import { trustStack } from './trust.ts';

/** The product's own parts in this process, on the stack of this run, as one more instance of the api would be. */
export function openTestProduct(): Composition {
  const { settings } = testStack();
  trustStack(settings);
  // The relay of the stack tells what these tests commit; a connection of our own would keep the process alive.
  Object.assign(process.env, settings, { MESSAGING_DIRECT_SEND: 'false' });
  return openProduct(process.env);
}

/** A caller of a tenant that needs no directory entry. */
export function callerOf(tenant: string): Caller {
  return systemCaller(tenant, tenant, `test-${tenant}`);
}

/** Switches faults of the local Cosmos on or off; see local/cosmos/README.md. */
export async function cosmosFault(rule: object | undefined): Promise<void> {
  const { settings } = testStack();
  const answer = await fetch(new URL('/_faults', settings['COSMOS_ENDPOINT']), {
    method: rule === undefined ? 'DELETE' : 'POST',
    headers: { authorization: `Bearer ${settings['COSMOS_KEY']}`, 'content-type': 'application/json' },
    ...(rule === undefined ? {} : { body: JSON.stringify(rule) }),
  });
  if (!answer.ok) throw new Error(`the fault was not switched: ${answer.status} ${await answer.text()}`);
}
