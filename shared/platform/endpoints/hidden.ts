/** A value without the members of these names, at any depth: what is stored and no view shows. */
export function withoutHidden(value: unknown, hidden: readonly string[]): unknown {
  if (hidden.length === 0) return value;
  if (Array.isArray(value)) return value.map(member => withoutHidden(member, hidden));
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.entries(value).filter(([name]) => !hidden.includes(name));
  return Object.fromEntries(shown.map(([name, member]) => [name, withoutHidden(member, hidden)]));
}

/** The steps of an RFC 6902 patch that may be shown, without the hidden members of what they put in. */
export function patchWithoutHidden(patch: readonly unknown[], hidden: readonly string[]): readonly unknown[] {
  return patch.filter(step => !isAbout(step, hidden)).map(step => withoutHidden(step, hidden));
}

function isAbout(step: unknown, hidden: readonly string[]): boolean {
  const { path } = step as { path: string }; // every step of an RFC 6902 patch has a path
  return path.split('/').some(name => hidden.includes(name));
}
