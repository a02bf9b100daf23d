import * as z from 'zod';
import { derivedKey, joinId, rule } from '../../kernel/index.ts';
import { languageOf } from '../../kernel/languages/index.ts';
import { defineRecord } from '../records/index.ts';
import { lineText, optionalLine } from '../texts/index.ts';
import { NumberFormats } from './number-format.ts';

export const Branding = z.strictObject({
  legalName: lineText(200),
  address: z.array(lineText(200)).max(8),
  phone: optionalLine(40).optional(),
  email: z.email().max(254).optional(),
  web: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .optional(),
  accreditation: z.strictObject({ body: optionalLine(100), number: optionalLine(60) }).optional(),
  colour: z
    .string()
    .length(7)
    .regex(/^#[0-9a-f]{6}$/i),
  logoSvg: z.string().max(100_000).optional(),
  /** Under every page of a document and every letter: registration, bank, whatever must be there. */
  footer: lineText(160).optional(),
});

const Locale = z
  .string()
  .max(20)
  .refine(locale => languageOf(locale) !== undefined, rule('locale_unknown'))
  .refine(isLocale, rule('locale_unknown'));
export const TimeZone = z.string().max(60).refine(isTimeZone, rule('time_zone_unknown'));
export const Currency = z
  .string()
  .length(3)
  .regex(/^[A-Z]{3}$/)
  .refine(code => Intl.supportedValuesOf('currency').includes(code), rule('currency_unknown'));
/** An origin, whole: scheme, host and port, nothing behind. */
const Origin = z
  .url({ protocol: /^https?$/ })
  .max(300)
  .refine(text => URL.parse(text)?.origin === text, rule('origin_invalid'));

/** Where a workflow leaves a choice. */
export const WorkflowSettings = z
  .strictObject({
    reviewRequired: z.boolean().meta({
      description:
        'Measurements are approved only once somebody has signed a review of them. No review is needed unless it is set.',
    }),
  })
  .partial();

/** How long records are kept, by their kind where it is not what is usual; and whether nothing at all is disposed of. */
export const RetentionSettings = z.strictObject({
  hold: z.boolean().meta({ description: 'A legal hold: nothing is disposed of while it is set.' }),
  days: z.record(z.string().max(100), z.int().min(1).max(100_000)).meta({
    description: 'Days after the last change of a record that is over, by the name of its kind.',
  }),
});
export type RetentionSettings = z.infer<typeof RetentionSettings>;

/** What a tenant decides of itself. */
export const TenantSettings = z.strictObject({
  locale: Locale,
  timeZone: TimeZone,
  currency: Currency,
  branding: Branding,
  corsOrigins: z.array(Origin).max(50),
  numberFormats: NumberFormats.optional(),
  workflow: WorkflowSettings.optional(),
  retention: RetentionSettings.optional(),
});
export type Settings = z.infer<typeof TenantSettings>;
export { Locale };

/** A tenant has one record of settings. */
export const settingsKind = defineRecord<Settings>({
  name: 'platform.tenant_settings',
  prefix: 'set',
  home: { fixed: 'settings' },
  schema: TenantSettings,
  indexed: () => ({}),
  readPermission: 'platform.tenant_settings:read',
});

export function settingsId(tenant: string): string {
  return joinId(settingsKind.prefix, undefined, derivedKey('tenant-settings', tenant));
}

function isTimeZone(name: string): boolean {
  try {
    // Offsets and abbreviations know no daylight saving; only places do.
    return /^[A-Z]/i.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Brands nobody has chosen yet: the tenant's name in a quiet colour. */
const FIRST_COLOUR = '#1f3d5c';

/** What a new tenant begins with. */
export function firstSettings(
  name: string,
  beginnings: Pick<Settings, 'locale' | 'timeZone' | 'currency'> | null,
): Settings {
  const { locale = 'en', timeZone = 'UTC', currency = 'EUR' } = beginnings ?? {};
  const branding = { legalName: name, address: [], colour: FIRST_COLOUR };
  return { locale, timeZone, currency, branding, corsOrigins: [] };
}
