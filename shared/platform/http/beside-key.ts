import type { Capabilities } from '../capabilities/index.ts';

/**
 * What a handler is given while its Idempotency-Key is still being bound: all that only reads or computes goes on, everything that
 * somebody could tell afterwards waits for `leave` and is refused with what that is refused with. Records wait by themselves, in what
 * they write. Named one by one, so that what is new here must be thought of.
 */
export function besideKey(platform: Capabilities, leave: Promise<unknown>): Capabilities {
  const { tenants, domains, projector, artifacts, settleReservations } = platform;
  const { verification, ...audit } = platform.audit;
  return {
    now: platform.now,
    newKey: platform.newKey,
    permissions: platform.permissions,
    records: { for: caller => platform.records.for(caller, leave) },
    // A verification reads, and says how far it is.
    audit: { ...waiting(leave, audit), verification },
    projector: { ...waiting(leave, projector), read: projector.read },
    registers: waiting(leave, platform.registers),
    uniques: waiting(leave, platform.uniques),
    balances: waiting(leave, platform.balances),
    ...waiting(leave, { settleReservations }),
    artifacts: { ...waiting(leave, artifacts), find: artifacts.find, read: artifacts.read },
    identity: platform.identity,
    identityKeys: platform.identityKeys,
    blindIndex: platform.blindIndex,
    shares: platform.shares,
    machines: platform.machines,
    issuers: waiting(leave, platform.issuers),
    directory: platform.directory,
    tenants: { ...waiting(leave, tenants), byHost: tenants.byHost, byId: tenants.byId },
    // Quotas count tries, whatever comes of them.
    limiter: platform.limiter,
    domains: {
      directory: waiting(leave, domains.directory),
      nameServers: domains.nameServers,
      edge: domains.edge,
    },
    erasure: waiting(leave, platform.erasure),
    privacy: waiting(leave, platform.privacy),
    exports: waiting(leave, platform.exports),
    mailer: waiting(leave, platform.mailer),
    deliveries: waiting(leave, platform.deliveries),
    webhookSecrets: waiting(leave, platform.webhookSecrets),
    originOf: platform.originOf,
    originAt: platform.originAt,
    baseDomain: platform.baseDomain,
    region: platform.region,
    health: platform.health,
    maintenance: waiting(leave, platform.maintenance),
  };
}

type Call = (...args: never[]) => Promise<unknown>;

/** The same calls, each made once `leave` is given. */
function waiting<Part extends { readonly [Name in keyof Part]: Call }>(
  leave: Promise<unknown>,
  part: Part,
): Part {
  const calls = Object.entries<Call>(part).map(([name, call]) => {
    const later = async (...args: never[]): Promise<unknown> => {
      await leave;
      return call(...args);
    };
    return [name, later] as const;
  });
  return Object.fromEntries(calls) as Part; // the same names, the same calls
}
