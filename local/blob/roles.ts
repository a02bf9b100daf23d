import type { IncomingMessage, RequestListener } from 'node:http';
import type { HttpRefusal } from '../faults/guard.ts';
import type { Rights } from '../identity/rights.ts';
import { sendRefusal, storageRefusal } from './refusal.ts';

const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers';

/**
 * Puts roles before the blob service: a bearer token whose principal may not do it is refused as Azure does
 * (https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations).
 * Keys and shared access signatures pass; the service itself refuses tokens that are wrong.
 */
export function withRoles(rights: Rights, listener: RequestListener): RequestListener {
  return (request, response) => {
    const principal = principalOf(request.headers.authorization);
    const { scope, action } = needed(request);
    if (principal === undefined || rights.may(principal, scope, action)) listener(request, response);
    else sendRefusal(notPermitted(), request, response);
  };
}

/** What a request does, in the words of Azure's roles. Paths are those of Azurite: account, container, blob. */
function needed({ url = '/', method = 'GET' }: IncomingMessage): {
  readonly scope: string;
  readonly action: string;
} {
  const { pathname, searchParams } = new URL(`https://localhost${url}`);
  const [account = '', container, ...blob] = pathname.split('/').filter(part => part !== '');
  const comp = searchParams.get('comp');
  if (container === undefined) {
    const action =
      comp === 'userdelegationkey'
        ? 'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'
        : `${CONTAINERS}/read`;
    return { scope: `blob/${account}`, action };
  }
  const scope = `blob/${account}/${container}`;
  const reads = method === 'GET' || method === 'HEAD';
  if (blob.length === 0 && comp !== 'list')
    return { scope, action: `${CONTAINERS}/${reads ? 'read' : method === 'DELETE' ? 'delete' : 'write'}` };
  if (reads) return { scope, action: `${CONTAINERS}/blobs/read` };
  return { scope, action: `${CONTAINERS}/blobs/${method === 'DELETE' ? 'delete' : 'write'}` };
}

/** The object id of a token; its signature is not looked at here, as Azurite does not either. */
function principalOf(header: string | undefined): string | undefined {
  const body = /^Bearer [^.]+\.([^.]+)\./i.exec(header ?? '')?.[1];
  if (body === undefined) return undefined;
  try {
    return String(JSON.parse(Buffer.from(body, 'base64url').toString())['oid'] ?? '');
  } catch {
    return undefined;
  }
}

function notPermitted(): HttpRefusal {
  return storageRefusal(
    403,
    'AuthorizationPermissionMismatch',
    'This request is not authorized to perform this operation using this permission.',
  );
}
