import * as z from 'zod';
import { everyTenantRole, type PermissionTable } from '../../kernel/index.ts';
import { providerSecretId } from '../accounts/index.ts';
import { created, defineEndpoint, ok } from '../http/index.ts';
import {
  IdentityProvider,
  type IdentityProviderData,
  identityProviderKind,
  providerSecretKind,
} from '../identity/index.ts';
import { newRecordId, type Saved } from '../records/index.ts';
import { lineText } from '../texts/index.ts';
import { changeRecord, patched } from './current-record.ts';
import { defineList } from './define-list.ts';
import { itemParams } from './lists.ts';

export const identityProviderPermissions: PermissionTable = {
  'platform.identity_provider:read': ['tenant-owner', 'administrator'],
  /** Whoever says who people are can be anybody: owners only. */
  'platform.identity_provider:write': ['tenant-owner'],
};

const access = { permission: 'platform.identity_provider:write' };
/** Who may not have issuers any more still sees them, and disables them. */
const feature = 'federation';
const View = IdentityProvider.extend({ id: z.string(), version: z.number().int() });
const Domain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
const NewProvider = IdentityProvider.omit({ status: true }).extend({
  name: lineText(200),
  issuer: z.url().max(500),
  clientId: z.string().min(1).max(300),
  emailDomains: z.array(Domain).min(1).max(50),
  createUsers: z.boolean().default(true),
  defaultRoles: z.array(z.enum(everyTenantRole)).min(1).max(everyTenantRole.length),
  linkByVerifiedEmail: z.boolean().default(false),
});

function view(provider: Saved<IdentityProviderData>): z.infer<typeof View> {
  return { id: provider.id, version: provider.version, ...provider.data };
}

const create = defineEndpoint({
  id: 'platform.identity_provider.create',
  method: 'POST',
  path: '/identity-providers',
  access,
  feature,
  stepUp: true,
  summary:
    'Registers an OpenID Connect issuer, Entra ID for instance. Its client secret is given in a second step.',
  body: NewProvider,
  creates: identityProviderKind,
  example: {
    body: {
      name: 'Entra ID',
      issuer: 'https://login.microsoftonline.com/8a7c1f5e-0000-4000-8000-000000000000/v2.0',
      clientId: 'd2f1c0de-0000-4000-8000-000000000000',
      emailDomains: ['lab.example'],
      defaultRoles: ['viewer'],
    },
  },
  replies: { 201: { description: 'Registered; it serves once its secret is given.', schema: View } },
  handle: async ({ caller, body, newKey }, platform) => {
    const id = newRecordId(identityProviderKind, newKey());
    const data: IdentityProviderData = { ...body, status: 'active' };
    const location = `/api/v1/identity-providers/${id}`;
    const { reply } = await platform.records
      .for(caller)
      .scope('directory')
      .commit({
        action: 'platform.identity_provider.created',
        create: [{ kind: identityProviderKind, id, data }],
        reply: saved => created(location, view(saved.get(id) as Saved<IdentityProviderData>), saved.get(id)),
      });
    return reply ?? created(location, undefined);
  },
});

const giveSecret = defineEndpoint({
  id: 'platform.identity_provider.give_secret',
  method: 'PUT',
  path: '/identity-providers/:id/secret',
  access,
  feature,
  stepUp: true,
  summary:
    'Gives the client secret, after the issuer was found and says that it is the one. Nobody can read it again.',
  params: itemParams,
  body: z.strictObject({ clientSecret: z.string().min(1).max(1000) }),
  example: { body: { clientSecret: 'a secret of the issuer' } },
  secretFields: ['clientSecret'],
  replies: { 204: { description: 'Given.' } },
  faults: [
    'platform.issuer_unreachable',
    'platform.webhook_insecure',
    'platform.webhook_unreachable_address',
  ],
  handle: async ({ caller, params, body }, platform) => {
    const directory = platform.records.for(caller).scope('directory');
    const provider = await platform.records.for(caller).get(identityProviderKind, params.id);
    const { issuer, clientId } = provider.data;
    await platform.issuers.check({ issuer, clientId, clientSecret: body.clientSecret });
    const kept = await directory.state(providerSecretKind, providerSecretId(provider.id));
    const sealed = await platform.identityKeys.seal('federation', caller.tenant, body.clientSecret);
    const write = {
      kind: providerSecretKind,
      id: providerSecretId(provider.id),
      data: { sealed },
      etag: kept?.etag,
    };
    await directory.commit({
      action: 'platform.identity_provider.secret_given',
      expect: [provider],
      states: [write],
    });
    return { status: 204, headers: {}, body: undefined };
  },
});

const change = defineEndpoint({
  id: 'platform.identity_provider.change',
  method: 'PATCH',
  path: '/identity-providers/:id',
  access,
  stepUp: true,
  ifMatch: true,
  summary: 'Disables an issuer or lets it serve again. Who is logged in stays so until their session ends.',
  params: itemParams,
  body: IdentityProvider.pick({ status: true }),
  example: { body: { status: 'disabled' } },
  replies: { 200: { description: 'Changed.', schema: View } },
  handle: async (request, platform) => {
    const { params, body } = request;
    const changed = await changeRecord(platform, request, identityProviderKind, params.id, ({ data }) => ({
      action: 'platform.identity_provider.changed',
      data: patched(data, body),
    }));
    return ok(view(changed), changed);
  },
});

const read = defineEndpoint({
  id: 'platform.identity_provider.read',
  method: 'GET',
  path: '/identity-providers/:id',
  access: { permission: 'platform.identity_provider:read' },
  summary: 'One issuer.',
  params: itemParams,
  replies: { 200: { description: 'The issuer.', schema: View } },
  handle: async ({ caller, params }, platform) => {
    const provider = await platform.records.for(caller).get(identityProviderKind, params.id);
    return ok(view(provider), provider);
  },
});

const list = defineList({
  id: 'platform.identity_provider.list',
  path: '/identity-providers',
  summary: 'The issuers that the tenant trusts.',
  kind: identityProviderKind,
  view: View,
  show: view,
});

export const identityProviderEndpoints = [create, giveSecret, change, read, list];
