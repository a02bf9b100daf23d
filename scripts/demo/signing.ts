import type { Client } from './client.ts';

/** What is sent to take a request to its next state. */
export type Transition = { readonly action: string; readonly [more: string]: unknown };

/** Whoever completes, reviews or approves signs, and proves again who they are. */
const SIGNING: readonly string[] = ['complete', 'sign_review', 'approve'];

/** A transition as this person sends it: with their password where it is a signature. */
export function asSignedBy(client: Client, transition: Transition): object {
  const { password } = client;
  return SIGNING.includes(transition.action) && password !== undefined
    ? { ...transition, password }
    : transition;
}
