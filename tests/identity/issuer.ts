import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import type { OwnTenant } from '../isolation/own-tenants.ts';

/** Who logs in at the issuer next. */
export type IssuerPerson = {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean | undefined;
  readonly name: string;
  /** Entra ID: the owner of the address's domain has been verified. */
  readonly xms_edov?: string;
  /** When they last showed the issuer who they are, in seconds since 1970; now unless told otherwise. */
  readonly loggedInAt?: number;
  readonly amr?: readonly string[];
};

export type Issuer = {
  readonly url: string;
  logsIn(person: IssuerPerson): void;
  close(): void;
};

export const ISSUER_CLIENT = { clientId: 'touchstone', clientSecret: 'a secret between the two of us' };

/** An OpenID Connect issuer on this machine at which one person logs in without being asked. */
export async function startIssuer(tenants: readonly OwnTenant[]): Promise<Issuer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let person: IssuerPerson | undefined;
  const provider = providerAt(url, tenants, () => person);
  serve(server, provider, () => person);
  return {
    url,
    logsIn: next => {
      person = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function providerAt(
  url: string,
  tenants: readonly OwnTenant[],
  present: () => IssuerPerson | undefined,
): Provider {
  return new Provider(url, {
    clients: [
      {
        client_id: ISSUER_CLIENT.clientId,
        client_secret: ISSUER_CLIENT.clientSecret,
        redirect_uris: tenants.map(({ origin }) => `${origin}/api/v1/auth/federated/callback`),
      },
    ],
    findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ ...present(), sub }) }),
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'xms_edov'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['only for tests'] },
    loadExistingGrant: async context => {
      const { Grant } = context.oidc.provider;
      const accountId = context.oidc.session?.accountId ?? '';
      const grant = new Grant({ clientId: ISSUER_CLIENT.clientId, accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
}

function serve(server: Server, provider: Provider, present: () => IssuerPerson | undefined): void {
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return void answer(request, response);
    const { sub = '', loggedInAt, amr } = present() ?? {};
    const login = {
      login: {
        accountId: sub,
        remember: false,
        ...(loggedInAt === undefined ? {} : { ts: loggedInAt }),
        ...(amr === undefined ? {} : { amr: [...amr] }),
      },
    };
    void provider.interactionFinished(request, response, login, { mergeWithLastSubmission: false });
  });
}
