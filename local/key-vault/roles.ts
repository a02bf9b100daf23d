import type { Rights } from '../identity/rights.ts';
import type { Call } from './call.ts';
import { forbiddenByRbac } from './refusals.ts';

const VAULT = 'Microsoft.KeyVault/vaults';
/** Operations whose action has another name than their path. */
const RENAMED: Readonly<Record<string, string>> = { wrapkey: 'wrap', unwrapkey: 'unwrap' };

/**
 * 403 when the principal has no role for what a call does
 * (https://learn.microsoft.com/azure/key-vault/general/rbac-guide; the data actions are those of
 * https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault).
 */
export function checkRole(rights: Rights, principalId: string, call: Call): void {
  const action = `${VAULT}/${actionOf(call)}`;
  const scope = ['key-vault', ...call.segments.slice(0, 2)].join('/');
  if (rights.may(principalId, scope, action)) return;
  throw forbiddenByRbac(`\r\nAction: '${action}'\r\nResource: '${scope}'\r\nAssignment: (not found)`);
}

/** The data action that a request needs, without its provider. */
function actionOf({ method, segments }: Call): string {
  const [collection = '', name, ...rest] = segments;
  const kind = collection.replace('deleted', '');
  const listing = name === undefined || rest.at(-1) === 'versions';
  if (method === 'DELETE')
    return collection.startsWith('deleted') ? `${kind}/purge/action` : `${kind}/delete`;
  if (method === 'PATCH') return `${kind}/update/action`;
  if (method === 'POST') return `${kind}/${operationOf(rest.at(-1) ?? '')}/action`;
  if (method === 'PUT') return kind === 'secrets' ? 'secrets/setSecret/action' : `${kind}/import/action`;
  if (kind === 'secrets') return listing ? 'secrets/readMetadata/action' : 'secrets/getSecret/action';
  return `${kind}/read`;
}

function operationOf(last: string): string {
  return RENAMED[last] ?? last;
}
