/** A release's tag: `release-2026.11.25.2` is the second of its day. */
export type Release = { readonly tag: string; readonly day: string; readonly number: number };

const TAG = /^release-(\d{4}\.\d{2}\.\d{2})\.(\d+)$/;

/** The releases among the tags of a repository, newest first. Other tags are left out. */
export function releasesOf(tags: readonly string[]): readonly Release[] {
  return tags
    .flatMap(tag => {
      const [, day, number] = TAG.exec(tag.trim()) ?? [];
      return day === undefined ? [] : [{ tag: tag.trim(), day, number: Number(number) }];
    })
    .sort((left, right) => right.day.localeCompare(left.day) || right.number - left.number);
}

/** The tag of a release that is made now, after those that there are. */
export function nextTag(tags: readonly string[], now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '.');
  const ofToday = releasesOf(tags).filter(release => release.day === day);
  return `release-${day}.${(ofToday[0]?.number ?? 0) + 1}`;
}

/**
 * The release to go back to: the newest that is not what runs now. `wanted` names another one. Throws when there is none.
 */
export function tagToReturnTo(
  tags: readonly string[],
  tagsOfHead: readonly string[],
  wanted: string | undefined,
): string {
  const releases = releasesOf(tags);
  if (wanted !== undefined) {
    if (releases.some(({ tag }) => tag === wanted)) return wanted;
    throw new Error(`there is no release ${wanted}; known are: ${releases.map(({ tag }) => tag).join(', ')}`);
  }
  const last = releases.find(({ tag }) => !tagsOfHead.includes(tag));
  if (last === undefined) throw new Error('there is no earlier release to go back to');
  return last.tag;
}
