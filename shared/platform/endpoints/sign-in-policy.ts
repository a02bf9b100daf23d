import type * as z from 'zod';
import { operatorRoles, type PermissionTable } from '../../kernel/index.ts';
import { defineEndpoint, ok } from '../http/index.ts';
import { defaultPolicy, policyId, SignInPolicy, signInPolicyKind } from '../identity/index.ts';
import { recordFault } from '../records/index.ts';

export const signInPolicyPermissions: PermissionTable = {
  'platform.sign_in_policy:read': ['tenant-owner', 'administrator', ...operatorRoles],
  'platform.sign_in_policy:write': ['tenant-owner', 'operator'],
};

const path = '/sign-in-policy';
const replies = { 200: { description: 'The policy.', schema: SignInPolicy } };

const read = defineEndpoint({
  id: 'platform.sign_in_policy.read',
  method: 'GET',
  path,
  access: { permission: 'platform.sign_in_policy:read' },
  summary: 'What the tenant wants of everybody’s login.',
  replies,
  handle: async ({ caller }, platform) => {
    const policy = await platform.records.for(caller).find(signInPolicyKind, policyId(caller.tenant));
    return ok(policy?.data ?? defaultPolicy, policy ?? { version: 0 });
  },
});

const change = defineEndpoint<Record<string, never>, Record<string, never>, z.infer<typeof SignInPolicy>>({
  id: 'platform.sign_in_policy.change',
  method: 'PUT',
  path,
  access: { permission: 'platform.sign_in_policy:write' },
  summary: 'Changes what the tenant wants of everybody’s login. Felt everywhere within a minute.',
  body: SignInPolicy,
  ifMatch: true,
  stepUp: true,
  example: { body: { requireMfa: true, accessTokenMinutes: 60, passwordDays: null } },
  replies,
  handle: async ({ caller, body, ifMatch }, platform) => {
    const id = policyId(caller.tenant);
    const directory = platform.records.for(caller).scope('directory');
    const policy = await directory.find(signInPolicyKind, id);
    if ((policy?.version ?? 0) !== ifMatch)
      throw recordFault('platform.version_stale', { version: policy?.version ?? 0 });
    const { saved } = await directory.commit({
      action: 'platform.sign_in_policy.changed',
      ...(policy === undefined
        ? { create: [{ kind: signInPolicyKind, id, data: body }] }
        : { update: [{ record: policy, data: body }] }),
    });
    platform.directory.forget(caller.tenant);
    return ok(body, saved.get(id));
  },
});

export const signInPolicyEndpoints = [read, change];
