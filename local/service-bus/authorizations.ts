import { Refusal } from './refusals.ts';
import { covers, type Grant } from './sas.ts';

/** The entity paths that a connection may use, each until its token expires. */
export class Authorizations {
  readonly #grants = new Map<string, number>();

  add(grant: Grant): void {
    this.#grants.set(grant.path, grant.expiresAt);
  }

  /** Throws a Refusal unless a token that is valid at `now` covers the address. */
  check(address: string, now: number): void {
    const path = address.toLowerCase();
    for (const [granted, expiresAt] of this.#grants) {
      if (expiresAt > now && covers(granted, path)) return;
    }
    throw new Refusal(
      'unauthorized',
      `Unauthorized access. A valid token that covers '${address}' is required to perform this operation.`,
    );
  }

  allows(address: string, now: number): boolean {
    const path = address.toLowerCase();
    return [...this.#grants].some(([granted, expiresAt]) => expiresAt > now && covers(granted, path));
  }

  /** When the next token expires, in milliseconds. */
  nextExpiry(now: number): number | undefined {
    const later = [...this.#grants.values()].filter(at => at > now);
    return later.length === 0 ? undefined : Math.min(...later);
  }
}
