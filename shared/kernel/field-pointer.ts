/** Where a field stands, as a JSON pointer in a URI fragment (RFC 6901 sections 3 and 6). */
export function fieldPointer(path: readonly PropertyKey[]): string {
  const steps = path.map(step => String(step).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'));
  return `#${steps.map(step => `/${encodeURIComponent(step)}`).join('')}`;
}
