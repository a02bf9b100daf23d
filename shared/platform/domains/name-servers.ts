import { Resolver } from 'node:dns/promises';

/** What DNS says. */
export type NameServers = {
  /** The TXT records of a name; none when it has none or is not there; undefined when nobody answered. */
  texts(name: string): Promise<readonly string[] | undefined>;
  /** Where a name leads to. */
  address(name: string): Promise<{ readonly address: string; readonly family: 4 | 6 } | undefined>;
};

const TIMEOUT_MILLISECONDS = 3000;
const TRIES = 2;
/** The name has no such record, or is not there at all (RFC 2308); c-ares tells them apart from silence. */
const NOTHING = new Set(['ENODATA', 'ENOTFOUND']);

/** Asks these servers (`192.0.2.1:53`), or those of the system when there are none. */
export function openNameServers(servers: readonly string[]): NameServers {
  const resolver = new Resolver({ timeout: TIMEOUT_MILLISECONDS, tries: TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  const ask = async <T>(question: () => Promise<readonly T[]>): Promise<readonly T[] | undefined> => {
    try {
      return await question();
    } catch (error) {
      return NOTHING.has((error as { code?: string }).code ?? '') ? [] : undefined;
    }
  };
  return {
    texts: async name => {
      const records = await ask(() => resolver.resolveTxt(name));
      // One record may come in pieces of 255 bytes (RFC 7208 section 3.3).
      return records?.map(pieces => pieces.join(''));
    },
    address: async name => {
      const [v4] = (await ask(() => resolver.resolve4(name))) ?? [];
      if (v4 !== undefined) return { address: v4, family: 4 };
      const [v6] = (await ask(() => resolver.resolve6(name))) ?? [];
      return v6 === undefined ? undefined : { address: v6, family: 6 };
    },
  };
}
