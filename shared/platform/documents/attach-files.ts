import { deflateSync } from 'node:zlib';

export type Attachment = {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly description?: string;
};

/**
 * Adds files to a PDF of Chromium's as associated files of the document (ISO 32000-2, 7.11.4 and 14.13), in an incremental
 * update (7.5.6): the printed bytes stay as they are. Throws when the PDF is not built as Chromium builds it.
 */
export function attachFiles(pdf: Uint8Array, attachments: readonly Attachment[]): Uint8Array {
  if (attachments.length === 0) return pdf;
  const source = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength).toString('latin1');
  const trailer = readTrailer(source);
  const chunks: Buffer[] = [Buffer.from(pdf), Buffer.from('\n')];
  const entries: string[] = [];
  let length = pdf.byteLength + 1;
  let nextObject = trailer.size;

  const add = (number: number, ...parts: readonly (string | Uint8Array)[]): void => {
    const body = Buffer.concat([`${number} 0 obj\n`, ...parts, '\nendobj\n'].map(latin1));
    entries.push(`${number} 1\n${String(length).padStart(10, '0')} 00000 n \n`);
    chunks.push(body);
    length += body.byteLength;
  };

  // The name tree has to be sorted by name.
  const sorted = [...attachments].sort((a, b) => (a.name < b.name ? -1 : 1));
  const specifications = sorted.map(attachment => {
    const [stream, specification] = [nextObject, nextObject + 1];
    nextObject += 2;
    const data = deflateSync(attachment.content);
    add(stream, streamHead(attachment, data.byteLength), data, '\nendstream');
    add(specification, fileSpecification(attachment, stream));
    return { name: textString(attachment.name), reference: `${specification} 0 R` };
  });
  add(trailer.root, catalogWith(trailer.catalog, specifications));

  const update = `xref\n${entries.join('')}trailer\n<</Size ${nextObject}\n/Root ${trailer.root} 0 R${trailer.info}\n/Prev ${trailer.start}>>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...chunks, Buffer.from(update, 'latin1')]);
}

type Trailer = {
  readonly start: number;
  readonly size: number;
  readonly root: number;
  readonly info: string;
  readonly catalog: string;
};

function readTrailer(source: string): Trailer {
  const tail = source.slice(source.lastIndexOf('trailer'));
  const start = integer(tail, /startxref\s+(\d+)/);
  const root = integer(tail, /\/Root (\d+) 0 R/);
  const at = source.lastIndexOf(`\n${root} 0 obj\n`);
  const catalog = /^\n\d+ 0 obj\n<<([\s\S]*?)>>\nendobj/.exec(source.slice(at))?.[1];
  if (catalog === undefined || !catalog.includes('/Type /Catalog') || catalog.includes('/Names')) {
    throw new Error('the catalog of the PDF is not as expected');
  }
  const info = /\/Info \d+ 0 R/.exec(tail)?.[0];
  return {
    start,
    size: integer(tail, /\/Size (\d+)/),
    root,
    info: info === undefined ? '' : `\n${info}`,
    catalog,
  };
}

function integer(text: string, pattern: RegExp): number {
  const digits = pattern.exec(text)?.[1];
  if (digits === undefined) throw new Error(`the trailer of the PDF lacks ${pattern.source}`);
  return Number(digits);
}

function streamHead(attachment: Attachment, length: number): string {
  const subtype = attachment.mediaType.replace(
    /[^A-Za-z0-9.+-]/g,
    char => `#${char.charCodeAt(0).toString(16)}`,
  );
  const size = attachment.content.byteLength;
  return `<</Type /EmbeddedFile\n/Subtype /${subtype}\n/Params <</Size ${size}>>\n/Filter /FlateDecode\n/Length ${length}>> stream\n`;
}

function fileSpecification(attachment: Attachment, stream: number): string {
  const name = textString(attachment.name);
  const description =
    attachment.description === undefined ? '' : `\n/Desc ${textString(attachment.description)}`;
  return `<</Type /Filespec\n/F ${name}\n/UF ${name}${description}\n/AFRelationship /Data\n/EF <</F ${stream} 0 R\n/UF ${stream} 0 R>>>>`;
}

function catalogWith(catalog: string, files: readonly { name: string; reference: string }[]): string {
  const names = files.map(file => `${file.name} ${file.reference}`).join(' ');
  const references = files.map(file => file.reference).join(' ');
  return `<<${catalog}\n/Names <</EmbeddedFiles <</Names [${names}]>>>>\n/AF [${references}]>>`;
}

// UTF-16BE with a byte order mark, in hexadecimal: holds every character and needs no escapes (7.9.2.2).
function textString(text: string): string {
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

function latin1(part: string | Uint8Array): Uint8Array {
  return typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
}
