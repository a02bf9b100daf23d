import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type Caller, type PermissionTable, secondsAfter, timestamp } from '../../kernel/index.ts';
import { accountFault } from '../accounts/index.ts';
import { created, defineEndpoint, ok } from '../http/index.ts';
import {
  ApiKey,
  type ApiKeyData,
  apiKeyKind,
  apiKeyText,
  machineSecretKind,
  machineUseKind,
  secretStateId,
  secretWrite,
  useStateId,
} from '../identity/index.ts';
import { newRecordId, type Saved } from '../records/index.ts';
import { lineText } from '../texts/index.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

export const apiKeyPermissions: PermissionTable = {
  'platform.api_key:read': ['tenant-owner', 'administrator', 'integrator'],
  'platform.api_key:write': ['tenant-owner', 'administrator', 'integrator'],
};

const DAY_SECONDS = 86_400;
const ApiKeyView = ApiKey.extend({ id: z.string(), version: z.number().int(), createdAt: z.string() });
const ApiKeyDetail = ApiKeyView.extend({
  lastUsedAt: z.string().nullable().meta({ description: 'To the nearest few minutes.' }),
});

/** Permissions that a machine is given: written as the table writes them. */
export const MachinePermissions = z
  .array(
    z
      .string()
      .regex(/^[a-z_.]+:[a-z_]+$/)
      .max(80),
  )
  .min(1)
  .max(200);

function keyDetail(key: Saved<ApiKeyData>, lastUsedAt: string | null): z.infer<typeof ApiKeyDetail> {
  return { ...keyView(key), lastUsedAt };
}

function keyView(key: Saved<ApiKeyData>): z.infer<typeof ApiKeyView> {
  return { id: key.id, version: key.version, createdAt: key.createdAt, ...key.data };
}

/** Nobody gives a machine more than they may themselves, nor what only a person may. */
export function assertWithin(caller: Caller, permissions: readonly string[]): void {
  const beyond = permissions.filter(
    permission => !caller.permissions.has(permission) || permission.startsWith('platform.self:'),
  );
  if (beyond.length > 0) throw accountFault('platform.permission_beyond', { permissions: beyond.join(', ') });
}

/**
 * Whoever gets a secret acts by it, as long as the machine's maker may: so nobody else is given one, who would keep it when
 * they go. Others revoke the machine and declare one of their own.
 */
export function assertMaker(caller: Caller, { maker }: { readonly maker: string }): void {
  if (maker !== caller.user) throw accountFault('platform.secret_of_another', { maker });
}

const create = defineEndpoint({
  id: 'platform.api_key.create',
  method: 'POST',
  path: '/api-keys',
  access: { permission: 'platform.api_key:write' },
  stepUp: true,
  summary: 'Declares an API key for a machine. Its secret is issued in a second step.',
  body: z.strictObject({
    name: lineText(200),
    permissions: MachinePermissions,
    days: z.number().int().min(1).max(366).default(90),
  }),
  creates: apiKeyKind,
  example: { body: { name: 'Bench 3', permissions: ['platform.job:read'], days: 90 } },
  replies: { 201: { description: 'Declared.', schema: ApiKeyDetail } },
  faults: ['platform.permission_beyond'],
  handle: async ({ caller, body, newKey }, platform) => {
    assertWithin(caller, body.permissions);
    const id = newRecordId(apiKeyKind, newKey());
    const expiresAt = timestamp(secondsAfter(platform.now(), body.days * DAY_SECONDS));
    const { name, permissions } = body;
    const data: ApiKeyData = { name, permissions, maker: caller.user, expiresAt, status: 'active' };
    const location = `/api/v1/api-keys/${id}`;
    const { reply } = await platform.records
      .for(caller)
      .scope('directory')
      .commit({
        action: 'platform.api_key.created',
        create: [{ kind: apiKeyKind, id, data }],
        reply: saved => created(location, keyDetail(saved.get(id) as Saved<ApiKeyData>, null), saved.get(id)),
      });
    return reply ?? created(location, undefined);
  },
});

const issueSecret = defineEndpoint({
  id: 'platform.api_key.issue_secret',
  method: 'POST',
  path: '/api-keys/:id/secret',
  access: { permission: 'platform.api_key:write' },
  stepUp: true,
  repliesSecret: true,
  summary:
    'Issues the secret of a key to who declared it, shown this once. The one before is no longer good within half a minute.',
  params: itemParams,
  replies: {
    200: {
      description: 'The key, to be sent as “Authorization: Bearer tsk_…”.',
      schema: z.strictObject({ id: z.string(), key: z.string() }),
    },
  },
  faults: ['platform.api_key_revoked', 'platform.permission_beyond', 'platform.secret_of_another'],
  handle: async ({ caller, params }, platform) => {
    const directory = platform.records.for(caller).scope('directory');
    const key = await platform.records.for(caller).get(apiKeyKind, params.id);
    if (key.data.status !== 'active') throw accountFault('platform.api_key_revoked');
    assertMaker(caller, key.data);
    assertWithin(caller, key.data.permissions);
    const kept = await directory.state(machineSecretKind, secretStateId(key.id));
    const text = apiKeyText(key.id, randomBytes(32));
    const secretIssuedAt = timestamp(platform.now());
    await directory.commit({
      action: 'platform.api_key.secret_issued',
      update: [{ record: key, data: { ...key.data, secretIssuedAt } }],
      states: [secretWrite(key.id, text, secretIssuedAt, kept)],
    });
    platform.machines.forget(caller.tenant);
    return ok({ id: key.id, key: text });
  },
});

const revoke = defineEndpoint({
  id: 'platform.api_key.revoke',
  method: 'POST',
  path: '/api-keys/:id/revocation',
  access: { permission: 'platform.api_key:write' },
  summary: 'Revokes a key for good. Felt everywhere within half a minute.',
  params: itemParams,
  replies: { 200: { description: 'Revoked.', schema: ApiKeyView } },
  handle: async ({ caller, params }, platform) => {
    const records = platform.records.for(caller);
    const key = await records.get(apiKeyKind, params.id);
    const view = (saved: ReadonlyMap<string, Saved<unknown>>) => {
      const revoked = saved.get(key.id) as Saved<ApiKeyData>;
      return ok(keyView(revoked), revoked);
    };
    const { saved, reply } = await records.scope('directory').commit({
      action: 'platform.api_key.revoked',
      update: [{ record: key, data: { ...key.data, status: 'revoked' } }],
      reply: view,
    });
    platform.machines.forget(caller.tenant);
    return reply ?? view(saved);
  },
});

const read = defineEndpoint({
  id: 'platform.api_key.read',
  method: 'GET',
  path: '/api-keys/:id',
  access: { permission: 'platform.api_key:read' },
  summary: 'One API key, and when it was used last.',
  params: itemParams,
  replies: { 200: { description: 'The key.', schema: ApiKeyDetail } },
  handle: async ({ caller, params }, platform) => {
    const records = platform.records.for(caller);
    const [key, use] = await Promise.all([
      records.get(apiKeyKind, params.id),
      records.scope('directory').state(machineUseKind, useStateId(params.id)),
    ]);
    return ok(keyDetail(key, use?.data.at ?? null), key);
  },
});

const list = defineList({
  id: 'platform.api_key.list',
  path: '/api-keys',
  summary: 'The API keys of the tenant.',
  kind: apiKeyKind,
  filters: { status: anyOf(ApiKey.shape.status) },
  view: ApiKeyView,
  show: keyView,
});

export const apiKeyEndpoints = [create, issueSecret, revoke, read, list];
