/** An identity of the local directory: what an app says to be it, and what roles are given to. */
export type LocalIdentity = {
  readonly name: string;
  readonly clientId: string;
  readonly principalId: string;
};

const own = (name: string, digit: string): LocalIdentity => ({
  name,
  principalId: `00000000-0000-0000-0000-0000000000${digit}1`,
  clientId: `00000000-0000-0000-0000-0000000000${digit}2`,
});

/** Whoever names no identity: tests, demo and people. It owns everything, as somebody with a subscription does. */
export const OWNER: LocalIdentity = own('owner', 'a');

/** One for each app, and the owner's. */
export const IDENTITIES: readonly LocalIdentity[] = [
  OWNER,
  own('api', 'b'),
  own('worker', 'c'),
  own('render', 'd'),
];

/** The identity of an app by its name. */
export function identityNamed(name: string): LocalIdentity | undefined {
  return IDENTITIES.find(identity => identity.name === name);
}
