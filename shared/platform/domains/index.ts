export { type CheckTools, checkDomain, type DomainTools, settleDomain } from './check-domain.ts';
export { type CheckDueTools, checkDueDomains, ROUND_SECONDS } from './check-due-domains.ts';
export { openEdge } from './edge.ts';
export { domainFault } from './faults.ts';
export { hostnameOf, isPublicSuffix, isUnder, proofNameOf, proofTextOf } from './hostname.ts';
export { openNameServers } from './name-servers.ts';
