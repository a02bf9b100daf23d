import * as z from 'zod';
import { derivedKey, joinId } from '../../kernel/index.ts';
import { type LimitName, limitNames } from '../limits/index.ts';
import { defineRecord } from '../records/index.ts';
import { lineText } from '../texts/index.ts';
import { Price } from './price.ts';

/** What a plan counts. Whatever else it may limit is named here with the module that has it. */
export const planLimits = ['users', 'branches', 'storageMegabytes', 'jobsPerDay'] as const;
export type PlanLimit = (typeof planLimits)[number];

/** Systems and capabilities that a plan opens. */
export const features = [
  'calibration',
  'reporting',
  'advisor',
  'retail',
  'files',
  'federation',
  'custom_domains',
  'custom_roles',
] as const;
export type Feature = (typeof features)[number];

const Limits = z.partialRecord(z.enum(planLimits), z.int().min(0).max(1_000_000_000));
/** Requests, by the classes of `limitClasses`. */
const Quotas = z.partialRecord(z.enum(limitNames), z.int().min(1).max(1_000_000_000));
const Features = z.array(z.enum(features)).max(features.length);

/** A plan as it is sold. A limit that it does not name is none. */
export const Plan = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9-]{1,38}$/),
  name: lineText(100),
  /** Of one cycle. */
  price: Price,
  cycle: z.enum(['month', 'year']),
  trialDays: z.int().min(0).max(365),
  limits: Limits,
  quotas: Quotas,
  features: Features,
  active: z.boolean(),
});
export type Plan = z.infer<typeof Plan>;

/** All plans stand in one scope of the platform's own partition. */
export const planKind = defineRecord<Plan>({
  name: 'platform.plan',
  prefix: 'pln',
  home: { fixed: 'plans' },
  schema: Plan,
  indexed: plan => ({ code: plan.code, active: plan.active }),
  readPermission: 'platform.oversee',
});

/** A plan is found by its code. */
export function planId(code: string): string {
  return joinId(planKind.prefix, undefined, derivedKey('plan', code));
}

/** Whether a tenant's plan opens a capability; tenants without a plan are the platform's own and have all. */
export function isOpen(
  { entitlements }: { readonly entitlements?: { readonly features: readonly Feature[] } | undefined },
  feature: Feature,
): boolean {
  return entitlements === undefined || entitlements.features.includes(feature);
}

/** What one tenant was granted beside its plan. */
export const Overrides = z.strictObject({ limits: Limits, quotas: Quotas, features: Features });
export type Overrides = z.infer<typeof Overrides>;

/** What a tenant may use. */
export type Entitlements = {
  readonly limits: Readonly<Partial<Record<PlanLimit, number>>>;
  readonly quotas: Readonly<Partial<Record<LimitName, number>>>;
  readonly features: readonly Feature[];
};

/** The plan, changed by what the tenant was granted: an override replaces the plan's limit or quota, features add up. Pure. */
export function entitlementsOf(
  plan: Pick<Plan, 'limits' | 'quotas' | 'features'>,
  overrides: Overrides,
): Entitlements {
  return {
    limits: { ...plan.limits, ...overrides.limits },
    quotas: { ...plan.quotas, ...overrides.quotas },
    features: features.filter(
      feature => plan.features.includes(feature) || overrides.features.includes(feature),
    ),
  };
}
