import type { AccessToken, TokenCredential } from '@azure/identity';

/**
 * The app's managed identity. The SDK is loaded when the first token is needed; tokens are kept by it until
 * shortly before they end.
 */
export function openCredential(clientId: string | undefined): TokenCredential {
  let opened: Promise<TokenCredential> | undefined;
  const open = async (): Promise<TokenCredential> => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    return clientId === undefined
      ? new ManagedIdentityCredential()
      : new ManagedIdentityCredential({ clientId });
  };
  return {
    getToken: async (scopes, options): Promise<AccessToken | null> => {
      opened ??= open();
      return (await opened).getToken(scopes, options);
    },
  };
}
