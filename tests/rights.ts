import roles from '../bicep/roles.json' with { type: 'json' };
import type { Right } from '../local/identity/rights.ts';
import topology from '../shared/topology.json' with { type: 'json' };

const messages = 'Microsoft.ServiceBus/namespaces/messages';
const blobServices = 'Microsoft.Storage/storageAccounts/blobServices';

/** What Azure's own roles let apps do. Those of ours stand in roles.json. */
const builtIn: Readonly<Record<string, readonly string[]>> = {
  busSender: [`${messages}/send/action`],
  busReceiver: [`${messages}/receive/action`],
  blobReader: [
    `${blobServices}/containers/read`,
    `${blobServices}/generateUserDelegationKey/action`,
    `${blobServices}/containers/blobs/read`,
  ],
};
const own: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly dataActions: readonly string[] }>
> = roles.custom;
const ofDatabase: Readonly<Record<string, { readonly dataActions: readonly string[] }>> = roles.database;

function actionsOf(role: string): string[] {
  const custom = own[role];
  const actions =
    builtIn[role] ?? (custom === undefined ? undefined : [...custom.actions, ...custom.dataActions]);
  if (actions === undefined) throw new Error(`nobody says what the role ${role} may do`);
  return [...actions];
}

/** The data rights of roles.json as the local servers read them: what they refuse, Azure refuses, too. */
export function rightsOfApps(): readonly Right[] {
  const { database, queues, topics, subscriptions, keys, secrets } = roles.assignments;
  const { blobs: containers, accounts } = roles.assignments;
  const topicOf = (key: string) => {
    const found = topology.serviceBus.topics.find(topic => topic.key === key);
    if (found === undefined) throw new Error(`there is no topic ${key}`);
    return found;
  };
  const right = (row: { readonly app: string; readonly role: string }, scope: string): Right => ({
    identity: row.app,
    scope,
    actions: actionsOf(row.role),
  });
  return [
    ...database.map(row => ({
      identity: row.app,
      scope: `cosmos/${row.container}`,
      actions: [...(ofDatabase[row.role]?.dataActions ?? [])],
    })),
    ...queues.map(row => {
      const queue = topology.serviceBus.queues.find(({ key }) => key === row.queue);
      return right(row, `service-bus/${queue?.name}`);
    }),
    ...topics.map(row => right(row, `service-bus/${topicOf(row.topic).name}`)),
    ...subscriptions.map(row => {
      const { name, subscriptions: all } = topicOf(row.topic);
      const subscription = all.find(({ key }) => key === row.subscription);
      return right(row, `service-bus/${name}/subscriptions/${subscription?.name}`);
    }),
    ...containers.map(row => right(row, `blob/${row.account}/${row.container}`)),
    ...accounts.map(row => right(row, `blob/${row.account}`)),
    ...keys.map(row => right(row, `key-vault/keys/${row.key}`)),
    ...secrets.map(row => right(row, 'key-vault/secrets')),
  ];
}

/**
 * Rights of which a run used nothing, in words: nobody's code needs them, or no test makes it do so. `used` is what the servers
 * wrote down, a line for each identity, scope and action.
 */
export function unusedRights(rights: readonly Right[], used: string): readonly string[] {
  const lines = new Set(used.split('\n'));
  return rights
    .filter(
      ({ identity, scope, actions }) => !actions.some(action => lines.has(`${identity} ${scope} ${action}`)),
    )
    .map(({ identity, scope, actions }) => `${identity} at ${scope}: ${actions.join(', ')}`);
}
