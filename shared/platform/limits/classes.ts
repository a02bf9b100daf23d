/** How often something may be asked for: so many times in so many seconds, counted per what `per` says. */
export type LimitClass = {
  readonly quota: number;
  readonly seconds: number;
  readonly per: 'address' | 'user' | 'tenant';
  /** What brings no good credential counts as this, too, so that a generous class is none for guesses. */
  readonly refusedAs?: 'anonymous';
};

/** `platform.md`, HTTP API. A tenant's plan may say other quotas. */
export const limitClasses = {
  login: { quota: 5, seconds: 60, per: 'address' },
  /** Renewing a login: a whole office behind one address, with tokens of five minutes, stays in. */
  tokens: { quota: 3000, seconds: 3600, per: 'address', refusedAs: 'anonymous' },
  anonymous: { quota: 100, seconds: 3600, per: 'address' },
  user: { quota: 1000, seconds: 3600, per: 'user' },
  tenant: { quota: 10_000, seconds: 3600, per: 'tenant' },
  signup: { quota: 5, seconds: 3600, per: 'address' },
  reporting: { quota: 100, seconds: 60, per: 'tenant' },
} as const satisfies Readonly<Record<string, LimitClass>>;

export type LimitName = keyof typeof limitClasses;
export const limitNames = Object.keys(limitClasses) as readonly LimitName[];
