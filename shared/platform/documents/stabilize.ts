/**
 * Makes equal documents equal bytes: the browser writes the present second, and running numbers of nodes, into a PDF.
 * Both are replaced by text of the same length, so every offset in the file stays right. `createdAt` is in UTC.
 */
export function stabilize(pdf: Uint8Array, createdAt: Date): Uint8Array {
  const source = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength).toString('latin1');
  const stamp = createdAt.toISOString().replace(/\D/g, '').slice(0, 14);
  const numbers = [...new Set(source.match(nodeId))].sort();
  const places = new Map(numbers.map((id, index) => [id, `node${String(index).padStart(8, '0')}`]));
  const stable = source
    .replace(/\/(CreationDate|ModDate) \(D:\d{14}\+00'00'\)/g, (_, key) => `/${key} (D:${stamp}+00'00')`)
    .replace(nodeId, id => places.get(id) ?? id);
  return Buffer.from(stable, 'latin1');
}

const nodeId = /(?<=\()node\d{8}(?=\))/g;
