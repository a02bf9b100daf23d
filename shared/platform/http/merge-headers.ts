type Headers = Readonly<Record<string, string>>;

/** Fields that are lists: what two parts of the way say of them stands side by side. Of others the later one wins. */
const LISTS: readonly string[] = ['vary', 'link'];

/** The headers of an answer, of what each part of its way adds. */
export function mergeHeaders(...parts: readonly Headers[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      const before = LISTS.includes(name) ? merged[name] : undefined;
      merged[name] = before === undefined ? value : `${before}, ${value}`;
    }
  }
  return merged;
}
