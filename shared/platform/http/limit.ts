import { createHash } from 'node:crypto';
import { AppError } from '../../kernel/index.ts';
import {
  type LimitClass,
  type Limiter,
  type LimitName,
  limitClasses,
  networkOf,
  rateLimitFields,
  type Use,
} from '../limits/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Principal } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';
import type { WireRequest } from './wire.ts';

/** Who is counted: the tenant and, once known, the user; strangers by their address. */
export type Counted = {
  readonly tenant: Tenant | undefined;
  readonly principal: Principal | undefined;
  readonly wire: WireRequest;
};

/**
 * Counts a request against every quota that it falls under, at the same time. Gives the `RateLimit` fields, or
 * throws `platform.rate_limited` with them.
 */
export async function limit(
  limiter: Limiter,
  factor: number,
  endpoint: Endpoint,
  counted: Counted,
): Promise<Readonly<Record<string, string>>> {
  return take(limiter, factor, classesOf(endpoint, counted.principal), counted);
}

/** Counts what leads nowhere, an address or a host that there is not, as a stranger's request; as `limit` does. */
export async function limitStranger(
  limiter: Limiter,
  factor: number,
  counted: Omit<Counted, 'principal'>,
): Promise<void> {
  await take(limiter, factor, ['anonymous'], { ...counted, principal: undefined });
}

/** Counts work that was refused for a credential that is none, where the endpoint's class says as what; as `limit` does. */
export async function limitingRefusals<T>(
  limiter: Limiter,
  factor: number,
  { limit: name = 'none' }: Endpoint,
  counted: Omit<Counted, 'principal'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { refusedAs }: Partial<LimitClass> = name === 'none' ? {} : limitClasses[name];
    const isRefusal = error instanceof AppError && (error.fault.status === 401 || error.fault.status === 400);
    if (refusedAs !== undefined && isRefusal)
      await take(limiter, factor, [refusedAs], { ...counted, principal: undefined });
    throw error;
  }
}

async function take(
  limiter: Limiter,
  factor: number,
  names: readonly LimitName[],
  counted: Counted,
): Promise<Readonly<Record<string, string>>> {
  const uses = names.map(name => useOf(name, factor, counted));
  const standings = await Promise.all(uses.map(use => limiter.take(use)));
  const fields = rateLimitFields(standings);
  const refused = standings.filter(({ allowed }) => !allowed);
  if (refused.length === 0) return fields;
  throw httpFault('platform.rate_limited', {
    limit: refused.map(({ use }) => use.name).join(', '),
    retryAfterSeconds: Math.max(...refused.map(({ resetSeconds }) => resetSeconds)),
    headers: fields,
  });
}

/** The quotas of an endpoint: its own class, and those of everybody who is logged in or a stranger. */
function classesOf(endpoint: Endpoint, principal: Principal | undefined): readonly LimitName[] {
  if (endpoint.limit === 'none') return [];
  const own = endpoint.limit === undefined ? [] : [endpoint.limit];
  if (principal === undefined || endpoint.access === 'public' || endpoint.access === 'platform') {
    return own.length > 0 ? own : ['anonymous'];
  }
  return endpoint.access === 'operator' ? [...own, 'user'] : [...own, 'user', 'tenant'];
}

function useOf(name: LimitName, factor: number, { tenant, principal, wire }: Counted): Use {
  const { quota, seconds, per } = limitClasses[name];
  const counted = {
    address: addressKey(wire.address),
    user: principal?.user ?? '',
    tenant: 'all',
  }[per];
  const own = tenant?.quotas?.[name];
  // An address is one over all hosts, but where a tenant has a quota of its own.
  const isShared = per === 'address' && own === undefined;
  return {
    name,
    tenant: isShared ? 'platform' : (tenant?.id ?? 'platform'),
    key: counted,
    quota: own ?? Math.ceil(quota * factor),
    seconds,
  };
}

/** An address is personal: its hash is counted. */
function addressKey(address: string | undefined): string {
  return createHash('sha256')
    .update(networkOf(address ?? 'unknown'))
    .digest('base64url')
    .slice(0, 22);
}
