import { documentFault } from './faults.ts';

/** A document with Latin and Persian letters. */
export const probeHtml =
  '<!doctype html><html lang="en"><title>probe</title><style>@media screen{body{display:none}}' +
  'body{font-family:Inter,Vazirmatn}</style><body><p>±Ω</p><p lang="fa">گواهی</p></body></html>';

/**
 * Throws `documents.browser_failed` unless the probe was printed with both shipped fonts. A browser without fonts
 * makes pages without text and reports nothing, so the first print has to prove itself.
 */
export function verifyProbe(pdf: Uint8Array): void {
  const text = Buffer.from(pdf).toString('latin1');
  const missing = ['Inter', 'Vazirmatn'].filter(
    font => !new RegExp(`/(?:Base)?FontName? /\\w*\\+?${font}`).test(text),
  );
  if (missing.length > 0) throw documentFault('documents.browser_failed', { missingFonts: missing });
}
