import type * as z from 'zod';
import { tenancyFault } from './faults.ts';
import { plainSvg } from './plain-svg.ts';
import type { Branding } from './settings.ts';

/** Refuses a logo that is more than a drawing: pages of others show it. */
export async function assertPlainLogo(logoSvg: string | undefined): Promise<void> {
  if (logoSvg === undefined) return;
  const plain = await plainSvg(logoSvg);
  if (plain !== undefined && plain.removed.length === 0) return;
  const found = plain === undefined ? '' : plain.removed.slice(0, 10).join(' ');
  throw tenancyFault('platform.logo_unfit', {
    errors: [
      {
        pointer: '#/branding/logoSvg',
        code: plain === undefined ? 'no_svg' : 'no_plain_drawing',
        data: { found },
      },
    ],
  });
}

/** The same with nothing but a drawing as logo, whatever was stored once. */
export async function plainBranding(branding: z.infer<typeof Branding>): Promise<z.infer<typeof Branding>> {
  const { logoSvg, ...rest } = branding;
  if (logoSvg === undefined) return branding;
  const plain = await plainSvg(logoSvg);
  return plain === undefined ? rest : { ...rest, logoSvg: plain.svg };
}
