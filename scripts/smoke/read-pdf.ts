import { extractText, getDocumentProxy } from 'unpdf';

/** The words of a PDF with single spaces between them; ligatures are taken apart. */
export async function readPdf(bytes: Uint8Array): Promise<{ readonly text: string; readonly pages: number }> {
  const document = await getDocumentProxy(new Uint8Array(bytes));
  const { text, totalPages } = await extractText(document, { mergePages: true });
  return { text: text.normalize('NFKC').replaceAll(/\s+/g, ' '), pages: totalPages };
}
