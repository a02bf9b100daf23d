import type { AccessToken, TokenCredential } from '@azure/identity';

/**
 * The app's managed identity. The SDK is loaded when the first token is needed; tokens are kept by it until
 * shortly before they end.
 */
export function openCredential(clientId: string | undefined): TokenCredential {
  return whenNeeded(({ ManagedIdentityCredential }) =>
    clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId }),
  );
}

/** Whoever is logged in where this runs: a person with `az login`, a pipeline, a managed identity. For operators' tools. */
export function openPersonalCredential(): TokenCredential {
  return whenNeeded(({ DefaultAzureCredential }) => new DefaultAzureCredential());
}

/** Whoever is logged in with `az`, though the machine has an identity of its own: a runner would act as that one otherwise. */
export function openCliCredential(): TokenCredential {
  return whenNeeded(({ AzureCliCredential }) => new AzureCliCredential());
}

type IdentityLibrary = typeof import('@azure/identity');

function whenNeeded(make: (library: IdentityLibrary) => TokenCredential): TokenCredential {
  let opened: Promise<TokenCredential> | undefined;
  return {
    getToken: async (scopes, options): Promise<AccessToken | null> => {
      opened ??= import('@azure/identity').then(make);
      return (await opened).getToken(scopes, options);
    },
  };
}
