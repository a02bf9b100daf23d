import { defineEndpoint, ok } from '../../http/index.ts';
import { recordFault } from '../../records/index.ts';
import { closedPolicy, SignupPolicy, signupPolicyId, signupPolicyKind } from '../../signups/index.ts';
import { assertOwnRegion, planId, planKind, tenancyFault } from '../../tenancy/index.ts';

const path = '/signup-policy';
const replies = { 200: { description: 'The policy.', schema: SignupPolicy } };

const read = defineEndpoint({
  id: 'platform.signup_policy.read',
  method: 'GET',
  path,
  access: 'operator',
  summary: 'Whether strangers may make themselves a tenant, and what they begin with.',
  replies,
  handle: async ({ caller }, platform) => {
    const policy = await platform.records.for(caller).find(signupPolicyKind, signupPolicyId);
    return ok(policy?.data ?? closedPolicy(platform.region), policy ?? { version: 0 });
  },
});

const change = defineEndpoint({
  id: 'platform.signup_policy.change',
  method: 'PUT',
  path,
  access: 'operator',
  summary: 'Opens or closes self-signup, and says on which plan it begins.',
  body: SignupPolicy,
  ifMatch: true,
  example: { body: { open: true, plan: 'trial', region: 'westeurope' } },
  replies,
  faults: ['platform.region_elsewhere', 'platform.plan_unknown'],
  handle: async ({ caller, body, ifMatch }, platform) => {
    const scope = platform.records.for(caller).scope('signups');
    const policy = await scope.find(signupPolicyKind, signupPolicyId);
    const version = policy?.version ?? 0;
    if (version !== ifMatch) throw recordFault('platform.version_stale', { version });
    assertOwnRegion(platform.region, body.region);
    const sold = await platform.records.for(caller).find(planKind, planId(body.plan));
    if (body.open && sold?.data.active !== true)
      throw tenancyFault('platform.plan_unknown', { plan: body.plan });
    const { saved } = await scope.commit({
      action: 'platform.signup_policy.changed',
      ...(policy === undefined
        ? { create: [{ kind: signupPolicyKind, id: signupPolicyId, data: body }] }
        : { update: [{ record: policy, data: body }] }),
    });
    return ok(body, saved.get(signupPolicyId));
  },
});

export const signupPolicyEndpoints = [read, change];
