import * as z from 'zod';
import { defineEndpoint, httpFault, ok } from '../http/index.ts';

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
  summary: 'The tenant of this host: name, branding, languages and ways to log in, before anybody has.',
  replies: {
    200: {
      description: 'The tenant.',
      schema: z.strictObject({
        slug: z.string(),
        name: z.string(),
        locale: z.string(),
        timeZone: z.string(),
        branding: z.strictObject({
          legalName: z.string(),
          colour: z.string(),
          logoSvg: z.string().nullable(),
        }),
        logins: z.array(z.enum(['password'])),
      }),
    },
  },
  handle: async ({ caller }, platform) => {
    const tenant = await platform.tenants.byId(caller.tenant);
    if (tenant === undefined) throw httpFault('platform.tenant_unknown');
    const { slug, name, locale, timeZone, branding } = tenant;
    const { legalName, colour, logoSvg } = branding;
    return ok({
      slug,
      name,
      locale,
      timeZone,
      branding: { legalName, colour, logoSvg: logoSvg ?? null },
      logins: ['password'],
    });
  },
});

export const discoveryEndpoints = [keySet, tenantInfo];
