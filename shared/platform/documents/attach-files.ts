export type Attachment = { readonly name: string; readonly mediaType: string; readonly content: Uint8Array };
export function attachFiles(pdf: Uint8Array, _attachments: readonly Attachment[]): Uint8Array {
  return pdf;
}
