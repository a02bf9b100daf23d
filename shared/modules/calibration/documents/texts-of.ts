import type { CertificateContent } from './certificate-content.ts';
import type { CertificateTexts } from './texts.ts';
import { en } from './texts-en.ts';
import { fa } from './texts-fa.ts';

/** The texts of a certificate's language. */
export function textsOf(language: CertificateContent['language']): CertificateTexts {
  return { en, fa }[language];
}
