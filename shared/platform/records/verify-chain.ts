import { AppError, contentHash } from '../../kernel/index.ts';
import { isIntact, listedHash } from './change.ts';
import type { ChangesQuery } from './changes-query.ts';
import type { ChangeDocument, RecordDocument, Touch } from './documents.ts';
import { patched, touchIn, touchOn } from './patched.ts';
import { HELD_SECONDS } from './pins.ts';
import { type Belonging, branchOf, type Saved } from './saved.ts';

/**
 * What does not fit: a change's content to its hash or to what changes are, its version to the one before, its link to the hash before, its patch
 * to what it is laid on, the last change to the record's head, or all patches together to the record's present state; when
 * and by whom the record was made and changed to who changed it when; what lists find it by to what they were told. Or
 * something stands beside it that no commit writes, such as a time after which it would be gone. Or changes speak of a record
 * that is not there.
 */
export type Flaw =
  | 'content'
  | 'order'
  | 'link'
  | 'patch'
  | 'head'
  | 'state'
  | 'dates'
  | 'index'
  | 'members'
  | 'missing';

export type ChainReport = {
  readonly intact: boolean;
  readonly versions: number;
  /** The first change that does not fit, if one does not. */
  readonly broken: { readonly change: string; readonly why: Flaw } | null;
};

type Link = { readonly hash: string | null; readonly version: number; readonly data: unknown };
type Walk = {
  readonly report: ChainReport;
  /** The changes that made the first and the last version. */
  readonly first: ChangeDocument | undefined;
  readonly last: ChangeDocument | undefined;
};
/** A record with the second of its last write, which Cosmos notes. */
type AtRest = RecordDocument & { readonly _ts?: number };
type Readable = {
  changes(query?: ChangesQuery): AsyncGenerator<ChangeDocument>;
  /** A record as it stands. */
  atRest(id: string): Promise<AtRest | undefined>;
};

/**
 * Walks a record's changes, a page in memory at a time, checks every hash and link, rebuilds the record from its patches,
 * and compares what comes out with what stands. All of it is compared as it stands at rest, so no key is needed, and an erased
 * person leaves the chain whole.
 */
export async function verifyChain(
  scope: Readable,
  record: Pick<Saved<unknown>, 'id' | 'version' | 'hash' | 'stored'>,
): Promise<ChainReport> {
  return (await walk(scope, record)).report;
}

/** The same for a record as it stands, with everything that stands beside its data. */
export async function verifyRecord(scope: Readable, document: AtRest): Promise<ChainReport> {
  const { report, first, last } = await walk(scope, { ...document, stored: document.data });
  if (!report.intact) return report;
  // It claims to have no version, so that no change is missed.
  if (first === undefined || last === undefined) return broken(0, '', 'head');
  const why = flawBeside(document, first, last);
  return why === undefined ? report : broken(report.versions, last.id, why);
}

/**
 * The same by its id, for somebody who sees these branches; undefined where there is nothing that they may know of. What
 * changes speak of and is not there, they are told is missing.
 */
export async function verifyById(
  scope: Readable,
  kind: string,
  id: string,
  sees: (branch: Belonging | undefined) => boolean,
): Promise<ChainReport | undefined> {
  const there = await scope.atRest(id);
  if (there?.kind === kind && sees(branchOf(there))) return verifyRecord(scope, there);
  for await (const change of scope.changes({ touching: id, order: 'newest' })) {
    const touch = touchIn(change, id);
    if (touch === undefined) continue;
    if (touch.kind !== kind || !sees(change.ix.branch)) return undefined;
    if (there === undefined) return broken(touch.version, change.id, 'missing');
    const report = await verifyRecord(scope, there);
    // It is whole and another branch's.
    return report.intact ? undefined : report;
  }
  return undefined;
}

async function walk(
  scope: Readable,
  record: Pick<Saved<unknown>, 'id' | 'version' | 'hash' | 'stored'>,
): Promise<Walk> {
  let before: Link = { hash: null, version: 0, data: null };
  let first: ChangeDocument | undefined;
  let last: ChangeDocument | undefined;
  const ends = (at: string, why: Flaw): Walk => ({ report: broken(before.version, at, why), first, last });
  for await (const change of scope.changes({ touching: record.id, order: 'oldest' })) {
    if (before.version === record.version) {
      // Somebody changed it after it was read here; or put an older state back.
      if (((await scope.atRest(record.id))?.version ?? 0) <= record.version) return ends(change.id, 'head');
      break;
    }
    const next = follow(before, change, record.id);
    if (typeof next === 'string') return ends(change.id, next);
    before = next;
    first ??= change;
    last = change;
  }
  const at = last?.id ?? '';
  if (before.version !== record.version || before.hash !== record.hash) return ends(at, 'head');
  if (contentHash(before.data) !== contentHash(record.stored)) return ends(at, 'state');
  return { report: { intact: true, versions: before.version, broken: null }, first, last };
}

function broken(versions: number, change: string, why: Flaw): ChainReport {
  return { intact: false, versions, broken: { change, why } };
}

/** The link after a change, or what is wrong with it. */
function follow(before: Link, change: ChangeDocument, id: string): Link | Flaw {
  if (!isIntact(change)) return 'content';
  const touch = touchIn(change, id);
  if (touch === undefined) return 'link';
  if (touch.version !== before.version + 1) return 'order';
  if (touch.previous !== before.hash) return 'link';
  try {
    return { hash: change.hash, version: touch.version, data: patched(before.data, touch.forward, id) };
  } catch (error) {
    if (error instanceof AppError) return 'patch';
    throw error;
  }
}

/** Everything that commits write, and closing a record for its removal. */
const MEMBERS: ReadonlySet<string> = new Set([
  ...[
    'id',
    'tenantId',
    'scope',
    'type',
    'kind',
    'version',
    'hash',
    'createdAt',
    'createdBy',
    'updatedAt',
    'at',
  ],
  ...['ix', 'sort', 'tokens', 'data', 'deleted', 'touchedAt', 'leavingUntil', 'closedUntil'],
]);
/** So much two clocks may differ. */
const SKEW_SECONDS = 300;

/** Whether a record is closed, to references or to changes, for longer after its last write than removing one takes. */
function isClosedTooLong({ leavingUntil = '', closedUntil = '', _ts: written }: AtRest): boolean {
  if (written === undefined) return false;
  const latest = (written + HELD_SECONDS + SKEW_SECONDS) * 1000;
  return [leavingUntil, closedUntil].some(until => until !== '' && !(Date.parse(until) <= latest));
}

/** What Cosmos itself writes into each item. */
const isSystems = (member: string): boolean => member.startsWith('_');

/** What does not fit of all that stands beside the data of a record whose chain is whole. */
function flawBeside(document: AtRest, first: ChangeDocument, last: ChangeDocument): Flaw | undefined {
  const { id, kind, data, deleted, createdAt, createdBy, updatedAt, at } = document;
  const touch: Touch = touchOn(last, id);
  if (kind !== touch.kind) return 'head';
  if (!Object.keys(document).every(member => MEMBERS.has(member) || isSystems(member))) return 'members';
  if (isClosedTooLong(document)) return 'members';
  if ((deleted === true) !== (data === null)) return 'state';
  const isDated =
    createdAt === first.time &&
    createdBy === first.by.user &&
    updatedAt === last.time &&
    at === `${first.time}~${id}`;
  if (!isDated) return 'dates';
  return listedHash(document) === touch.listed ? undefined : 'index';
}
