import { type BlindIndex, blindIndex, type Keyring } from '../keys/index.ts';

/** The blind index of a tenant. Its key does not change, so what was indexed once is found for ever. */
export async function blindIndexOf(keyring: Pick<Keyring, 'purpose'>, tenant: string): Promise<BlindIndex> {
  return blindIndex(await keyring.purpose(tenant, '~blind'));
}

/** The field of the index where the blinded values of this name stand. */
export function blindField(name: string): string {
  return `~${name}`;
}
