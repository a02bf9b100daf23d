import { appendFileSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { IDENTITIES, OWNER } from './identities.ts';

const rightSchema = z.strictObject({
  /** The name of an identity. */
  identity: z.string(),
  /** Service and resource within it, such as `cosmos/records`, `service-bus/jobs`, `key-vault/keys/token-signing`. */
  scope: z.string(),
  /** Data actions as Azure names them, such as `Microsoft.KeyVault/vaults/keys/sign/action`. */
  actions: z.array(z.string()),
});

/** What one identity may do with one resource and all that is inside it. */
export type Right = z.infer<typeof rightSchema>;

/** The file beside the rights into which every server writes each right when it is first used. */
export const usedFile = (rightsFile: string): string => `${rightsFile}.used`;

/** Who may do what, as role assignments say it. Without a file everybody may do everything. */
export class Rights {
  readonly #rights: readonly Right[] | undefined;
  readonly #used: string | undefined;
  readonly #seen = new Set<string>();

  constructor(rights: readonly Right[] | undefined, used?: string) {
    this.#rights = rights;
    this.#used = used;
  }

  static read(file: string | undefined): Rights {
    if (file === undefined) return new Rights(undefined);
    const rights = z.array(rightSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
    return new Rights(rights, usedFile(file));
  }

  /** Whether the principal of a token may do this there. The owner may do everything, whoever is unknown nothing. */
  may(principalId: string, scope: string, action: string): boolean {
    const name = IDENTITIES.find(identity => identity.principalId === principalId)?.name ?? '';
    return this.mayNamed(name, scope, action);
  }

  /** The same for an identity by its name. */
  mayNamed(name: string, scope: string, action: string): boolean {
    if (this.#rights === undefined || name === OWNER.name) return true;
    const granted = this.#rights.find(
      right => right.identity === name && isWithin(scope, right.scope) && right.actions.includes(action),
    );
    if (granted !== undefined) this.#note(granted, action);
    return granted !== undefined;
  }

  #note({ identity, scope }: Right, action: string): void {
    const line = `${identity} ${scope} ${action}`;
    if (this.#used === undefined || this.#seen.has(line)) return;
    this.#seen.add(line);
    appendFileSync(this.#used, `${line}\n`);
  }
}

/** Names of resources have no case. */
function isWithin(scope: string, granted: string): boolean {
  const [inner, outer] = [scope.toLowerCase(), granted.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}/`);
}
