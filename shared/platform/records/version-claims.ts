import type { Store } from './store.ts';

type ClaimEntry = { readonly id: string; readonly type: 'secret-version'; readonly version: string };

/** Claims on versions of secrets, each an item of its own in container `leases`: who creates it first has won. */
export function openVersionClaims(store: Store) {
  const idOf = (name: string): string => `secret-${name}`;
  const read = async (name: string): Promise<string | undefined> => {
    const id = idOf(name);
    return (await store.read<ClaimEntry>([id], id))?.version;
  };
  return {
    read,
    claim: async (name: string, version: string): Promise<string> => {
      const standing = await read(name);
      if (standing !== undefined) return standing;
      const id = idOf(name);
      const entry: ClaimEntry = { id, type: 'secret-version', version };
      if ((await store.create([id], entry)) === 'created') return version;
      return (await read(name)) ?? version;
    },
    release: async (name: string): Promise<void> => {
      const id = idOf(name);
      await store.remove([id], id);
    },
  };
}
