import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type PermissionTable, rule, timestamp } from '../../kernel/index.ts';
import { accountFault, endClient, revocationWrite } from '../accounts/index.ts';
import { created, defineEndpoint, ok } from '../http/index.ts';
import {
  isRedirectUri,
  machineSecretKind,
  OAuthClient,
  type OAuthClientData,
  oauthClientKind,
  secretStateId,
  secretWrite,
} from '../identity/index.ts';
import { newRecordId, type Saved } from '../records/index.ts';
import { lineText } from '../texts/index.ts';
import { assertMaker, assertWithin, MachinePermissions } from './api-keys.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

export const oauthClientPermissions: PermissionTable = {
  'platform.oauth_client:read': ['tenant-owner', 'administrator', 'integrator'],
  'platform.oauth_client:write': ['tenant-owner', 'administrator', 'integrator'],
};

const access = { permission: 'platform.oauth_client:write' };
const View = OAuthClient.extend({ id: z.string(), version: z.number().int() });

const RedirectUri = z.url().max(500).refine(isRedirectUri, rule('redirect_invalid'));

function view(client: Saved<OAuthClientData>): z.infer<typeof View> {
  return { id: client.id, version: client.version, ...client.data };
}

const create = defineEndpoint({
  id: 'platform.oauth_client.create',
  method: 'POST',
  path: '/oauth-clients',
  access,
  stepUp: true,
  summary: 'Declares a program: a confidential one acts for itself, a public one for people.',
  body: z.strictObject({
    name: lineText(200),
    kind: z.enum(['confidential', 'public']),
    permissions: MachinePermissions,
    redirectUris: z.array(RedirectUri).max(20).default([]),
  }),
  creates: oauthClientKind,
  example: {
    body: {
      name: 'Bench software',
      kind: 'public',
      permissions: ['platform.job:read'],
      redirectUris: ['https://bench.example/callback'],
    },
  },
  replies: { 201: { description: 'Declared.', schema: View } },
  faults: ['platform.permission_beyond'],
  handle: async ({ caller, body, newKey }, platform) => {
    assertWithin(caller, body.permissions);
    const id = newRecordId(oauthClientKind, newKey());
    const data: OAuthClientData = { ...body, maker: caller.user, status: 'active' };
    const location = `/api/v1/oauth-clients/${id}`;
    const { reply } = await platform.records
      .for(caller)
      .scope('directory')
      .commit({
        action: 'platform.oauth_client.created',
        create: [{ kind: oauthClientKind, id, data }],
        reply: saved => created(location, view(saved.get(id) as Saved<OAuthClientData>), saved.get(id)),
      });
    return reply ?? created(location, undefined);
  },
});

const issueSecret = defineEndpoint({
  id: 'platform.oauth_client.issue_secret',
  method: 'POST',
  path: '/oauth-clients/:id/secret',
  access,
  stepUp: true,
  repliesSecret: true,
  summary:
    'Issues the secret of a confidential client to who declared it, shown this once. The one before is no longer good, nor are its tokens.',
  params: itemParams,
  replies: {
    200: {
      description: 'The secret.',
      schema: z.strictObject({ id: z.string(), clientSecret: z.string() }),
    },
  },
  faults: ['platform.client_without_secret', 'platform.permission_beyond', 'platform.secret_of_another'],
  handle: async ({ caller, params }, platform) => {
    const directory = platform.records.for(caller).scope('directory');
    const client = await platform.records.for(caller).get(oauthClientKind, params.id);
    if (client.data.status !== 'active' || client.data.kind !== 'confidential')
      throw accountFault('platform.client_without_secret');
    assertMaker(caller, client.data);
    assertWithin(caller, client.data.permissions);
    const kept = await directory.state(machineSecretKind, secretStateId(client.id));
    const clientSecret = `tss_${randomBytes(32).toString('base64url')}`;
    const secretIssuedAt = timestamp(platform.now());
    await directory.commit({
      action: 'platform.oauth_client.secret_issued',
      update: [{ record: client, data: { ...client.data, secretIssuedAt } }],
      states: [
        secretWrite(client.id, clientSecret, secretIssuedAt, kept),
        // What was got by the secret before is no longer good, as the secret is not.
        revocationWrite(platform, { user: client.id, version: client.version + 1 }),
      ],
    });
    platform.directory.forget(caller.tenant);
    platform.machines.forget(caller.tenant);
    return ok({ id: client.id, clientSecret });
  },
});

const revoke = defineEndpoint({
  id: 'platform.oauth_client.revoke',
  method: 'POST',
  path: '/oauth-clients/:id/revocation',
  access,
  summary: 'Ends a program for good, with its own tokens and those that it holds for people.',
  params: itemParams,
  replies: { 200: { description: 'Ended.', schema: View } },
  handle: async ({ caller, params }, platform) => {
    const client = await platform.records.for(caller).get(oauthClientKind, params.id);
    const shown = (saved: ReadonlyMap<string, Saved<unknown>>) => {
      const ended = saved.get(client.id) as Saved<OAuthClientData>;
      return ok(view(ended), ended);
    };
    const { saved, reply } = await endClient(platform, caller, client, shown);
    return reply ?? shown(saved);
  },
});

const read = defineEndpoint({
  id: 'platform.oauth_client.read',
  method: 'GET',
  path: '/oauth-clients/:id',
  access: { permission: 'platform.oauth_client:read' },
  summary: 'One program.',
  params: itemParams,
  replies: { 200: { description: 'The program.', schema: View } },
  handle: async ({ caller, params }, platform) => {
    const client = await platform.records.for(caller).get(oauthClientKind, params.id);
    return ok(view(client), client);
  },
});

const list = defineList({
  id: 'platform.oauth_client.list',
  path: '/oauth-clients',
  summary: 'The programs of the tenant.',
  kind: oauthClientKind,
  filters: { status: anyOf(OAuthClient.shape.status), kind: anyOf(OAuthClient.shape.kind) },
  view: View,
  show: view,
});

export const oauthClientEndpoints = [create, issueSecret, revoke, read, list];
