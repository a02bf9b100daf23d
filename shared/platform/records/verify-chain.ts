import { AppError, contentHash } from '../../kernel/index.ts';
import { isIntact } from './change.ts';
import type { ChangeDocument } from './documents.ts';
import { patched, touchOn } from './rebuild.ts';
import type { Saved } from './saved.ts';
import type { Scope } from './scope.ts';

/**
 * What does not fit: a change's content to its hash, its version to the one before, its link to the hash before, its patch
 * to what it is laid on, the last change to the record's head, or all patches together to the record's present state.
 */
export type Flaw = 'content' | 'order' | 'link' | 'patch' | 'head' | 'state';

export type ChainReport = {
  readonly intact: boolean;
  readonly versions: number;
  /** The first change that does not fit, if one does not. */
  readonly broken: { readonly change: string; readonly why: Flaw } | null;
};

type Link = { readonly hash: string | null; readonly version: number; readonly data: unknown };

/**
 * Walks a record's changes, a page in memory at a time, checks every hash and link, rebuilds the record from its patches,
 * and compares what comes out with what stands. All of it is compared as it stands at rest, so no key is needed, and an erased
 * person leaves the chain whole.
 */
export async function verifyChain(
  scope: Pick<Scope, 'changes' | 'versionNow'>,
  record: Pick<Saved<unknown>, 'id' | 'version' | 'hash' | 'stored'>,
): Promise<ChainReport> {
  let before: Link = { hash: null, version: 0, data: null };
  let last = '';
  for await (const change of scope.changes({ touching: record.id, order: 'oldest' })) {
    if (before.version === record.version) {
      // Somebody changed it after it was read here; or put an older state back.
      if ((await scope.versionNow(record.id)) <= record.version)
        return report(before.version, change.id, 'head');
      break;
    }
    const next = follow(before, change, record.id);
    if (typeof next === 'string') return report(before.version, change.id, next);
    before = next;
    last = change.id;
  }
  if (before.version !== record.version || before.hash !== record.hash)
    return report(before.version, last, 'head');
  if (contentHash(before.data) !== contentHash(record.stored)) return report(before.version, last, 'state');
  return { intact: true, versions: before.version, broken: null };
}

function report(versions: number, change: string, why: Flaw): ChainReport {
  return { intact: false, versions, broken: { change, why } };
}

/** The link after a change, or what is wrong with it. */
function follow(before: Link, change: ChangeDocument, id: string): Link | Flaw {
  if (!isIntact(change)) return 'content';
  const touch = touchOn(change, id);
  if (touch.version !== before.version + 1) return 'order';
  if (touch.previous !== before.hash) return 'link';
  try {
    return { hash: change.hash, version: touch.version, data: patched(before.data, touch.forward, id) };
  } catch (error) {
    if (error instanceof AppError) return 'patch';
    throw error;
  }
}
