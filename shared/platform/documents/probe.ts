/** A document with Latin and Persian letters. */
export const probeHtml =
  '<!doctype html><html lang="en"><title>probe</title><style>@media screen{body{display:none}}' +
  'body{font-family:Inter,Vazirmatn}b{font:600 1em IBM Plex Sans}</style><body><p>±Ω <b>1</b></p><p lang="fa">گواهی</p></body></html>';

/** Throws unless the probe was printed with every shipped family. */
export function verifyProbe(pdf: Uint8Array): void {
  const text = Buffer.from(pdf).toString('latin1');
  const missing = ['Inter', 'IBMPlexSans', 'Vazirmatn'].filter(
    font => !new RegExp(`/BaseFont /\\w*\\+?${font}`).test(text),
  );
  if (missing.length > 0) throw new Error(`the browser does not see the fonts ${missing.join(', ')}`);
}
