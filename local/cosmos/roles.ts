import type { Rights } from '../identity/rights.ts';
import type { Caller } from './auth.ts';
import { readBatch } from './batch.ts';
import { CosmosFault } from './errors.ts';
import type { Call, OperationName } from './http.ts';

const ACCOUNT = 'Microsoft.DocumentDB/databaseAccounts';
const CONTAINERS = `${ACCOUNT}/sqlDatabases/containers`;

/** Cosmos DB has no action for patch: a patch counts as a replacement. */
const actions: Readonly<Partial<Record<OperationName, string>>> = {
  read: `${CONTAINERS}/items/read`,
  create: `${CONTAINERS}/items/create`,
  upsert: `${CONTAINERS}/items/upsert`,
  replace: `${CONTAINERS}/items/replace`,
  patch: `${CONTAINERS}/items/replace`,
  delete: `${CONTAINERS}/items/delete`,
  query: `${CONTAINERS}/executeQuery`,
  changefeed: `${CONTAINERS}/readChangeFeed`,
};

/**
 * 403 (5301) when the principal has no role of the database for what a request does
 * (https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control). What the account and its databases
 * are may be read by whoever may read the metadata of anything in them.
 */
export function checkRoles(
  rights: Rights,
  caller: Caller,
  { operation, container }: { readonly operation: OperationName; readonly container: string | undefined },
  call: Call,
): void {
  if (caller === 'key' || container === undefined) return;
  for (const action of neededFor(operation, call)) {
    if (rights.may(caller.principalId, `cosmos/${container}`, action)) continue;
    throw new CosmosFault(
      403,
      `Request blocked by Auth: Request is blocked because principal [${caller.principalId}] does not have required RBAC permissions to perform action [${action}] on resource [${call.parts.slice(0, 4).join('/')}]. Learn more: https://aka.ms/cosmos-native-rbac.`,
      { subStatus: 5301 },
    );
  }
}

function neededFor(operation: OperationName, call: Call): readonly string[] {
  if (operation !== 'batch') return [actions[operation] ?? `${ACCOUNT}/readMetadata`];
  const kinds = readBatch(call.body).map(({ operationType }) => String(operationType).toLowerCase());
  return [...new Set(kinds)].flatMap(kind => actions[kind as OperationName] ?? []);
}
