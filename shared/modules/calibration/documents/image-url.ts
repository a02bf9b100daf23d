/** A logo (`<svg …>` or a `data:` URL) as the source of an image, so that nothing inside it can act. */
export function imageUrl(logo: string): string {
  return logo.startsWith('data:')
    ? logo
    : `data:image/svg+xml;base64,${Buffer.from(logo).toString('base64')}`;
}
