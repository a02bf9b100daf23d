import type { Deployment } from './deployment.ts';

/** The product's settings for somebody who works on a deployment from outside of its apps; the relay tells what is committed. */
export function productSettings(deployment: Deployment): Readonly<Record<string, string>> {
  return {
    TOUCHSTONE_BASE_DOMAIN: deployment.baseDomain,
    TOUCHSTONE_PUBLIC_URL: `https://{slug}.${deployment.baseDomain}`,
    TOUCHSTONE_REGION: deployment.dataRegion,
    COSMOS_ENDPOINT: deployment.databaseEndpoint,
    COSMOS_DATABASE: deployment.databaseName,
    SERVICE_BUS__fullyQualifiedNamespace: deployment.messagingHost,
    KEY_VAULT_ENDPOINT: deployment.keyVaultEndpoint,
    BLOB_VAULT_ENDPOINT: deployment.vaultBlobEndpoint,
    BLOB_EXCHANGE_ENDPOINT: deployment.exchangeBlobEndpoint,
    MESSAGING_DIRECT_SEND: 'false',
  };
}
