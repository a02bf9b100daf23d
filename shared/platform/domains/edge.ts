import { guardedFetch, type OutboundRules } from '../webhooks/index.ts';
import type { NameServers } from './name-servers.ts';

/**
 * What stands between people and the platform, and must know a custom domain before it lets anybody through: in Azure
 * Front Door, with a certificate for the name; here nothing but the Functions host.
 */
export type DomainEdge = {
  /** Whether people who ask for the name reach us. */
  serves(hostname: string): Promise<boolean>;
};

const PATH = '/api/health/live';

/**
 * Looks at the name as people do: by its own address and, in Azure, by TLS with a certificate that is checked. Whoever
 * answers in our place deceives only themselves: the name was proved before.
 */
export function openEdge(
  originAt: (hostname: string) => string,
  nameServers: NameServers,
  rules: OutboundRules,
): DomainEdge {
  const reach = guardedFetch({ ...rules, resolve: nameServers.address });
  return {
    serves: async hostname => {
      try {
        const answer = await reach(`${originAt(hostname)}${PATH}`, {});
        return answer.status === 200 && ((await answer.json()) as { status?: unknown }).status === 'live';
      } catch {
        return false;
      }
    },
  };
}
