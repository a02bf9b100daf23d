import * as z from 'zod';
import { rule } from '../../kernel/index.ts';

/** Documents that have numbers without gaps. A module that numbers others names them here. */
const numbered = ['srf', 'certificate'] as const;
type Numbered = (typeof numbered)[number];

/** How numbers are written where a tenant does not say. */
const usual: Readonly<Record<Numbered, string>> = {
  srf: 'SRF-{yyyy}-{seq:5}',
  certificate: 'CAL-{yyyy}-{seq:5}',
};

const SHAPE = /^[A-Z.-]*\{yyyy\}[A-Z.-]+\{seq:[3-9]\}[A-Z.-]*$/;
const NUMBER = /^[A-Z.-]*(\d{4})[A-Z.-]+(\d{3,10})[A-Z.-]*$/;

/**
 * How numbers of one kind are written: the year and the place in it, with leading zeros up to so many digits, among capital letters,
 * full stops and hyphens. Both are there, the year first, and are the only digits, so a number tells its place whatever the
 * format is or was.
 */
const NumberFormat = z
  .string()
  .max(36)
  .regex(SHAPE)
  .meta({ description: '`SRF-{yyyy}-{seq:5}`: the year, then the place in it with so many digits.' });

/** What a tenant says of the numbers of its documents; no two kinds look alike. */
export const NumberFormats = z
  .strictObject({ srf: NumberFormat, certificate: NumberFormat })
  .partial()
  .refine(areDistinct, rule('numbers_alike'));
export type NumberFormats = z.infer<typeof NumberFormats>;

/** Whether numbers of no two kinds look alike, usual formats among them. */
function areDistinct(formats: Readonly<Partial<Record<Numbered, string | undefined>>>): boolean {
  const shapes = numbered.map(kind => lettersOf(formats[kind] ?? usual[kind]));
  return new Set(shapes).size === numbered.length;
}

function lettersOf(format: string): string {
  return format.replaceAll(/\{[^}]*\}/g, '#');
}

/** The number at a place of a year, as the tenant writes it now. */
export function writeNumber(
  formats: NumberFormats | undefined,
  kind: Numbered,
  year: string,
  sequence: number,
): string {
  return (formats?.[kind] ?? usual[kind])
    .replace('{yyyy}', year)
    .replace(/\{seq:(\d)\}/, (_all, digits: string) => String(sequence).padStart(Number(digits), '0'));
}

/** Year and place of a number, whatever format it was written in; undefined when it is none. */
export function readNumber(number: string): { readonly year: string; readonly sequence: number } | undefined {
  const [, year, sequence] = NUMBER.exec(number) ?? [];
  return year === undefined || sequence === undefined ? undefined : { year, sequence: Number(sequence) };
}
