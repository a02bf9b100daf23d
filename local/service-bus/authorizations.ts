import { unauthorized } from './refusals.ts';
import { covers, type Grant } from './sas.ts';
import type { AccessRight } from './settings.ts';

/** What a connection may do with which entity paths, each until its token expires. */
export class Authorizations {
  readonly #grants = new Map<string, Grant>();

  add(grant: Grant): void {
    this.#grants.set(grant.path, grant);
  }

  /** Throws a Refusal unless a token that is valid at `now` covers the address and, when one is named, the right. */
  check(address: string, right: AccessRight | undefined, now: number): void {
    if (this.allows(address, right, now)) return;
    throw unauthorized(address, right);
  }

  allows(address: string, right: AccessRight | undefined, now: number): boolean {
    const path = address.toLowerCase();
    return [...this.#grants.values()].some(
      ({ path: granted, expiresAt, rights }) =>
        expiresAt > now && covers(granted, path) && (right === undefined || permits(rights, right)),
    );
  }

  /** When the next token expires, in milliseconds. */
  nextExpiry(now: number): number | undefined {
    const later = [...this.#grants.values()].map(grant => grant.expiresAt).filter(at => at > now);
    return later.length === 0 ? undefined : Math.min(...later);
  }
}

/** Whether rights include one; `Manage` includes all. */
export function permits(rights: readonly AccessRight[], right: AccessRight): boolean {
  return rights.includes(right) || rights.includes('Manage');
}
