import type { TokenCredential } from '@azure/identity';
import { findSetting, type Settings, StartError } from './settings-expansion.ts';

export type Connection =
  | { readonly kind: 'connectionString'; readonly value: string }
  | { readonly kind: 'identity'; readonly address: string; readonly clientId: string | undefined };

/** A setting `<connection>__<suffix>` that tells an address, and how. */
export type AddressSetting = { readonly suffix: string; readonly toAddress?: (value: string) => string };

export const serviceBusAddress: readonly AddressSetting[] = [{ suffix: 'fullyQualifiedNamespace' }];
export const blobAddress: readonly AddressSetting[] = [
  { suffix: 'blobServiceUri' },
  { suffix: 'serviceUri' },
  { suffix: 'accountName', toAddress: name => `https://${name}.blob.core.windows.net` },
];

/**
 * The connection that a binding names: setting `X` holds a connection string, or `X__<suffix>` an address that is
 * reached with the app's identity (`X__clientId` names a user-assigned one). Settings called `AzureWebJobsX` come
 * first, as in the real host. Throws a StartError with all that is missing or not supported.
 */
export function findConnection(
  settings: Settings,
  name: string,
  addresses: readonly AddressSetting[],
  where: string,
): Connection {
  for (const key of [`AzureWebJobs${name}`, name]) {
    const value = findSetting(settings, key) ?? findSetting(settings, `ConnectionStrings__${key}`);
    if (value !== undefined) return { kind: 'connectionString', value };
    for (const { suffix, toAddress } of addresses) {
      const address = findSetting(settings, `${key}__${suffix}`);
      if (address === undefined) continue;
      const clientId = readIdentity(settings, key, where);
      return { kind: 'identity', address: toAddress?.(address) ?? address, clientId };
    }
  }
  // The host's own connection is known by its full name only. As the real extension: a connection string in the place of a name is not repeated, for it holds a key.
  const full = name === 'Storage' ? 'AzureWebJobsStorage' : name;
  const shown = /(^|;)\s*(Endpoint|AccountKey|SharedAccessKey)\s*=/i.test(name)
    ? '<a connection string instead of the name of a setting>'
    : `"${full}"`;
  const alternatives = addresses.map(({ suffix }) => `"${full}__${suffix}"`).join(' or ');
  throw new StartError([
    `${where}: the connection setting ${shown} does not exist${shown.startsWith('<') ? '' : ` (nor ${alternatives})`}`,
  ]);
}

/** The client id of a user-assigned identity; undefined for the system's own. */
function readIdentity(settings: Settings, key: string, where: string): string | undefined {
  const read = (suffix: string): string | undefined => findSetting(settings, `${key}__${suffix}`);
  const problems = ['tenantId', 'clientSecret', 'certificate', 'managedIdentityResourceId']
    .filter(suffix => read(suffix) !== undefined)
    .map(
      suffix =>
        `${where}: the setting "${key}__${suffix}" is not supported here, only managed identities are`,
    );
  const credential = read('credential');
  const clientId = read('clientId');
  if (credential !== undefined && credential.toLowerCase() !== 'managedidentity')
    problems.push(`${where}: the setting "${key}__credential" must be managedidentity, not ${credential}`);
  // Azure takes a client id for that of a managed identity only beside this setting.
  if (clientId !== undefined && credential === undefined)
    problems.push(
      `${where}: the setting "${key}__clientId" needs "${key}__credential" to be managedidentity`,
    );
  if (problems.length > 0) throw new StartError(problems);
  return clientId;
}

/** Tokens of the managed identity that a connection names. */
export async function identityOf(clientId: string | undefined): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return clientId === undefined
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}
