import { createHash } from 'node:crypto';
import * as z from 'zod';
import { merkleRoot } from '../../kernel/index.ts';

/** What a day's changes were, for ever: id and hash of each, by scope in the order in which they happened. */
export const Anchor = z.strictObject({
  tenant: z.string(),
  /** UTC. */
  day: z.string(),
  madeAt: z.string(),
  /** The anchor before this one, by the SHA-256 of its text; null for the first. */
  previous: z.strictObject({ day: z.string(), sha256: z.string() }).nullable(),
  count: z.number().int(),
  /** RFC 6962 over `<scope> <id> <hash>` of every change, scopes in order. */
  root: z.string(),
  scopes: z.record(z.string(), z.array(z.tuple([z.string(), z.string()]))),
});
export type Anchor = z.infer<typeof Anchor>;

/** Ids and hashes of changes by scope, oldest first: the last of each is the scope's head that day. */
export type DayOfChanges = ReadonlyMap<string, readonly (readonly [id: string, hash: string])[]>;

type Before = { readonly day: string; readonly text: string } | undefined;

/** The anchor of a day as it is stored. */
export function anchorText(
  tenant: string,
  day: string,
  madeAt: string,
  before: Before,
  changes: DayOfChanges,
): string {
  const scopes = [...changes].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const leaves = leavesOf(scopes);
  const anchor: Anchor = {
    tenant,
    day,
    madeAt,
    previous: before === undefined ? null : { day: before.day, sha256: sha256(before.text) },
    count: leaves.length,
    root: merkleRoot(leaves),
    scopes: Object.fromEntries(scopes.map(([scope, list]) => [scope, list.map(([id, hash]) => [id, hash])])),
  };
  return JSON.stringify(anchor);
}

function leavesOf(
  scopes: Iterable<readonly [string, DayOfChanges extends ReadonlyMap<string, infer L> ? L : never]>,
) {
  return [...scopes].flatMap(([scope, list]) => list.map(([id, hash]) => `${scope} ${id} ${hash}`));
}

export type AnchorFlaw = 'unreadable' | 'root' | 'previous' | 'changes';

/** What does not fit about a stored anchor: in itself, to the one before it, or to the changes that are there. */
export function flawsOfAnchor(
  text: string,
  expected: { readonly tenant: string; readonly day: string },
  before: Before,
  changes: DayOfChanges,
): readonly AnchorFlaw[] {
  const anchor = read(text);
  if (anchor === undefined || anchor.tenant !== expected.tenant || anchor.day !== expected.day)
    return ['unreadable'];
  const leaves = leavesOf(Object.entries(anchor.scopes));
  const there = leavesOf([...changes].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  const previous = before === undefined ? null : { day: before.day, sha256: sha256(before.text) };
  const follows = anchor.previous?.day === previous?.day && anchor.previous?.sha256 === previous?.sha256;
  return [
    ...(anchor.root === merkleRoot(leaves) && anchor.count === leaves.length ? [] : (['root'] as const)),
    ...(follows ? [] : (['previous'] as const)),
    ...(there.join('\n') === leaves.join('\n') ? [] : (['changes'] as const)),
  ];
}

function read(text: string): Anchor | undefined {
  try {
    return Anchor.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
