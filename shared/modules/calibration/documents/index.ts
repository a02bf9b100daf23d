import { renderHtml } from '../../../platform/html/index.ts';
import { Certificate } from './certificate.tsx';
import { CertificateContent } from './certificate-content.ts';

export { CertificateContent };

/** The certificate as an HTML document for the PDF printer. Equal content gives equal HTML. */
export function certificateHtml(content: CertificateContent): string {
  return renderHtml(Certificate({ content }));
}
