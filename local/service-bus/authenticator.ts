import { readFileSync } from 'node:fs';
import { IDENTITIES } from '../identity/identities.ts';
import type { Rights } from '../identity/rights.ts';
import type { JwkSet } from '../identity/signing-key.ts';
import { TokenRefused, verifyToken } from '../identity/tokens.ts';
import type { Entities } from './entities.ts';
import { keyOfIdentity } from './keys.ts';
import { Refusal } from './refusals.ts';
import { type Grant, isSas, locate, type SharedAccessKey, verifySas } from './sas.ts';
import type { AccessRight } from './settings.ts';

/** The resource that Microsoft Entra tokens must be issued for. */
const entraAudience = 'https://servicebus.azure.net';

const messages = 'Microsoft.ServiceBus/namespaces/messages';

const sasTokenType = 'servicebus.windows.net:sastoken';

/** Knows who may do what: the namespace's key, the keys of entities, and the tenant's key set for Entra tokens. */
export class Authenticator {
  readonly #root: SharedAccessKey;
  readonly #entities: Entities;
  readonly #jwksFile: string | undefined;
  readonly #rights: Rights;

  constructor(root: SharedAccessKey, entities: Entities, jwksFile: string | undefined, rights: Rights) {
    this.#root = root;
    this.#rights = rights;
    this.#entities = entities;
    this.#jwksFile = jwksFile;
  }

  /**
   * What a token put at $cbs grants for the address it names. Throws a Refusal. The SDK for Python calls shared access
   * signatures `jwt`, too.
   */
  verify(type: unknown, token: string, address: string, now: number): Grant {
    if (type === sasTokenType || (type === 'jwt' && isSas(token)))
      return verifySas(path => this.#keysOf(path), token, address, now);
    if (type === 'jwt') return this.#verifyEntra(token, address, now);
    throw new Refusal('unauthorized', `Tokens of type '${String(type)}' are not accepted here.`);
  }

  /** What the authorization header of a request to a URL grants. Throws a Refusal. */
  verifyHeader(header: string | undefined, url: string, now: number): Grant {
    if (header === undefined) throw new Refusal('unauthorized', 'MissingToken: The header is missing.');
    const bearer = /^bearer (.*)$/i.exec(header)?.[1];
    return bearer === undefined
      ? this.verify(sasTokenType, header, url, now)
      : this.verify('jwt', bearer, url, now);
  }

  #verifyEntra(token: string, address: string, now: number): Grant {
    if (this.#jwksFile === undefined) {
      throw new Refusal(
        'unauthorized',
        'InvalidToken: This namespace was started without an identity server.',
      );
    }
    try {
      // Read each time: tokens are put once an hour, and the key set may be made anew meanwhile.
      const jwks: JwkSet = JSON.parse(readFileSync(this.#jwksFile, 'utf8'));
      const { exp, oid } = verifyToken(token, jwks, entraAudience, Math.floor(now / 1000));
      const { path } = locate(address);
      const name = IDENTITIES.find(({ principalId }) => principalId === oid)?.name ?? '';
      return { path, expiresAt: exp * 1000, rights: this.#rightsAt(name, path) };
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      throw new Refusal('unauthorized', `InvalidToken: The token is not accepted: ${error.message}.`);
    }
  }

  /** What an identity's roles come to at a path. Only the owner manages. */
  #rightsAt(identity: string, path: string): readonly AccessRight[] {
    const scope = `service-bus/${path.replace(/\/\$.*$/, '')}`;
    const may = (action: string): boolean => this.#rights.mayNamed(identity, scope, action);
    const own: AccessRight[] = [];
    if (may(`${messages}/send/action`)) own.push('Send');
    if (may(`${messages}/receive/action`)) own.push('Listen');
    if (may('Microsoft.ServiceBus/namespaces/write')) own.push('Manage');
    return own;
  }

  /** The root key, those of the identities, and those of the entity that a path lies in. */
  #keysOf(path: string): SharedAccessKey[] {
    const parts = path.split('/');
    const owners = parts.map((_, index) => this.#entities.find(parts.slice(0, index + 1).join('/')));
    const own = owners.flatMap(owner => owner?.settings.authorizationRules ?? []);
    const keys = own.flatMap(({ keyName: name, primaryKey, secondaryKey, rights }) =>
      [primaryKey, secondaryKey].filter(key => key !== '').map(key => ({ name, key, rights })),
    );
    const identities = IDENTITIES.map(({ name }) => ({
      name,
      key: keyOfIdentity(this.#root, name),
      rights: this.#rightsAt(name, path),
    }));
    return [this.#root, ...identities, ...keys];
  }
}
