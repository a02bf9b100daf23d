import { tenantId } from '../../kernel/index.ts';

/** The partition of the platform itself: its operators, and what they keep of tenants and plans. Nobody's tenant. */
export const PLATFORM = tenantId('ten_platform');
/** The first label of the platform's own host, which no tenant can have. */
export const PLATFORM_SLUG = 'platform';

/** Host names that mean something else than a tenant, or could be taken for the platform itself. */
const RESERVED = new Set(
  'admin api app assets auth autoconfig autodiscover billing cdn console dev docs email ftp help imap internal localhost login mail mx ns ns1 ns2 operator operators platform pop portal preview prod production root security signin signup smtp sso stage staging static status support system test touchstone webmail wpad www'.split(
    ' ',
  ),
);

/** Whether a slug can be a tenant's: a DNS label of 3 to 40 characters that is not reserved. */
export function isFreeName(slug: string): boolean {
  return /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/.test(slug) && !slug.includes('--') && !RESERVED.has(slug);
}
