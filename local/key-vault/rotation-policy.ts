import { type Call, isRecord, type Reply } from './call.ts';
import type { Store } from './store.ts';

/** The policy of a key without one of its own: a notice thirty days before it expires. */
const DEFAULT_ACTIONS = [{ trigger: { timeBeforeExpiry: 'P30D' }, action: { type: 'Notify' } }];

type Policies = Pick<Store<unknown>, 'readPolicy' | 'writePolicy'>;

/** Kept and given back; rotation itself happens by the rotate call only. */
export function rotationPolicy(call: Call, store: Policies, name: string): Reply {
  const stored = store.readPolicy(name);
  const policy: object =
    stored === undefined ? { lifetimeActions: DEFAULT_ACTIONS, attributes: {} } : JSON.parse(stored);
  return { status: 200, body: { id: `${call.origin}/keys/${name}/rotationpolicy`, ...policy } };
}

export function setRotationPolicy(call: Call, store: Policies, name: string): Reply {
  const { lifetimeActions = DEFAULT_ACTIONS, attributes } = call.body;
  const times = { created: call.nowSeconds, updated: call.nowSeconds };
  const policy = { lifetimeActions, attributes: { ...(isRecord(attributes) ? attributes : {}), ...times } };
  store.writePolicy(name, JSON.stringify(policy));
  return rotationPolicy(call, store, name);
}
