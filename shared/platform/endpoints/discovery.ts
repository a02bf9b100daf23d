import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import { languageOf, languages, scripts } from '../../kernel/languages/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineEndpoint, httpFault, ok } from '../http/index.ts';
import { identityProviderKind } from '../identity/index.ts';
import { isOpen, Maintenance, noMaintenance, stricter, tenantStatuses } from '../tenancy/index.ts';

/** A tenant trusts a handful of issuers. */
const MOST_PROVIDERS = 20;
const TenantInfo = z.strictObject({
  slug: z.string(),
  name: z.string(),
  status: z.enum(tenantStatuses),
  maintenance: Maintenance.nullable().meta({ description: 'What keeps requests out at present.' }),
  locale: z.string(),
  timeZone: z.string(),
  languages: z.array(
    z.strictObject({
      code: z.enum(languages),
      name: z.string().meta({ description: 'In the language itself.' }),
      direction: z.enum(['ltr', 'rtl']),
      isDefault: z.boolean(),
    }),
  ),
  branding: z.strictObject({
    legalName: z.string(),
    colour: z.string(),
    logoSvg: z.string().nullable(),
  }),
  logins: z.array(z.enum(['password', 'federated'])),
  providers: z
    .array(z.strictObject({ id: z.string(), name: z.string() }))
    .meta({ description: 'Issuers to log in at, by `/auth/federated/{id}/start`.' }),
});

const keySet = defineEndpoint({
  id: 'platform.auth.keys',
  method: 'GET',
  path: '//.well-known/jwks.json',
  access: 'platform',
  summary: 'The public keys that access tokens are signed with (RFC 7517).',
  replies: { 200: { description: 'The key set.', schema: z.object({ keys: z.array(z.looseObject({})) }) } },
  handle: async (_request, platform) => ok(await platform.identity.keySet()),
});

const tenantInfo = defineEndpoint({
  id: 'platform.tenant.info',
  method: 'GET',
  path: '/tenant-info',
  access: 'public',
  whileSuspended: true,
  whileClosed: true,
  summary:
    'The tenant of this host: name, state, branding, languages and ways to log in, before anybody has.',
  replies: {
    200: {
      description: 'The tenant.',
      schema: TenantInfo,
    },
  },
  handle: async ({ caller }, platform) => {
    const tenant = await platform.tenants.byId(caller.tenant);
    if (tenant === undefined) throw httpFault('platform.tenant_unknown');
    const { slug, name, status, locale, timeZone, branding } = tenant;
    const { legalName, colour, logoSvg } = branding;
    const providers = isOpen(tenant, 'federation') ? await providersOf(platform, caller) : [];
    const work = stricter(await platform.maintenance.current(), tenant.maintenance ?? noMaintenance);
    const own = languageOf(locale) ?? 'en';
    return ok({
      slug,
      name,
      status,
      maintenance: work.mode === 'off' ? null : work,
      locale,
      timeZone,
      languages: languages.map(code => {
        const { name: itsName, direction } = scripts[code];
        return { code, name: itsName, direction, isDefault: code === own };
      }),
      branding: { legalName, colour, logoSvg: logoSvg ?? null },
      logins: providers.length === 0 ? ['password'] : ['password', 'federated'],
      providers,
    });
  },
});

async function providersOf(
  platform: Capabilities,
  caller: Caller,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const query = { where: { status: 'active' }, limit: MOST_PROVIDERS };
  const { items } = await platform.records.for(caller).list(identityProviderKind, query);
  return items.map(({ id, data }) => ({ id, name: data.name }));
}

export const discoveryEndpoints = [keySet, tenantInfo];
