import { readFileSync } from 'node:fs';
import type { JwkSet } from '../identity/signing-key.ts';
import { TokenRefused, verifyToken } from '../identity/tokens.ts';
import type { Entities } from './entities.ts';
import { Refusal } from './refusals.ts';
import { type Grant, locate, type SharedAccessKey, verifySas } from './sas.ts';

/** The resource that Microsoft Entra tokens must be issued for. */
const entraAudience = 'https://servicebus.azure.net';

const sasTokenType = 'servicebus.windows.net:sastoken';

/** Knows who may do what: the namespace's key, the keys of entities, and the tenant's key set for Entra tokens. */
export class Authenticator {
  readonly #root: SharedAccessKey;
  readonly #entities: Entities;
  readonly #jwksFile: string | undefined;

  constructor(root: SharedAccessKey, entities: Entities, jwksFile: string | undefined) {
    this.#root = root;
    this.#entities = entities;
    this.#jwksFile = jwksFile;
  }

  /** What a token put at $cbs grants for the address it names. Throws a Refusal. */
  verify(type: unknown, token: string, address: string, now: number): Grant {
    if (type === sasTokenType) return verifySas(path => this.#keysOf(path), token, address, now);
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

  /** One identity exists, and like an owner of the namespace it may do everything. */
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
      const { exp } = verifyToken(token, jwks, entraAudience, Math.floor(now / 1000));
      return { path: locate(address).path, expiresAt: exp * 1000, rights: ['Manage', 'Send', 'Listen'] };
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      throw new Refusal('unauthorized', `InvalidToken: The token is not accepted: ${error.message}.`);
    }
  }

  /** The root key and those of the entity that a path lies in. */
  #keysOf(path: string): SharedAccessKey[] {
    const parts = path.split('/');
    const owners = parts.map((_, index) => this.#entities.find(parts.slice(0, index + 1).join('/')));
    const own = owners.flatMap(owner => owner?.settings.authorizationRules ?? []);
    const keys = own.flatMap(({ keyName: name, primaryKey, secondaryKey, rights }) =>
      [primaryKey, secondaryKey].filter(key => key !== '').map(key => ({ name, key, rights })),
    );
    return [this.#root, ...keys];
  }
}
