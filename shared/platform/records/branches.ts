import type { Caller } from '../../kernel/index.ts';
import type { CommitRequest } from './commit-request.ts';
import type { RecordDocument } from './documents.ts';
import { recordFault } from './faults.ts';
import type { Clause } from './list-clauses.ts';
import { type RecordKind, scopeOfId } from './record-kind.ts';
import { BRANCH, branchOf } from './saved.ts';
import type { Store } from './store.ts';

/** A record of a kind that knows branches, and of none of them: only who is not limited sees it. */
const NO_BRANCH = '-';

/** The branch of a record: its own, or that of the root of its scope. Undefined for kinds that know none. */
export function branchWithin(
  kind: RecordKind,
  id: string,
  data: unknown,
  root: string | undefined,
): string | undefined {
  if (kind.home !== 'within') return ownBranch(kind, id, data);
  return kind.acrossBranches === true ? undefined : root;
}

function ownBranch(kind: RecordKind, id: string, data: unknown): string | undefined {
  if (kind.owner !== undefined) return kind.owner(data);
  return kind.branch === undefined ? undefined : (kind.branch(data, id) ?? NO_BRANCH);
}

/**
 * Whether somebody sees what belongs to a branch: who is not limited everything, who is what is of their branches or of
 * none, what is theirs, and what was shared with them.
 */
export function seesBranch(
  { user, branches, granted }: Pick<Caller, 'user' | 'branches' | 'granted'>,
  scope: string,
  branch: string | undefined,
): boolean {
  return (
    branches === undefined ||
    branch === undefined ||
    branches.has(branch) ||
    branch === user ||
    granted?.records.has(scope) === true
  );
}

/** Refuses a commit that writes, before or after, what belongs to a branch beyond the caller's. */
export function assertWritesBranch(caller: Caller, scope: string, branch: string | undefined): void {
  if (seesBranch(caller, scope, branch)) return;
  throw recordFault('platform.branch_beyond', branch === undefined || branch === NO_BRANCH ? {} : { branch });
}

/** The part of a list's query that leaves out other branches, and keeps in what was shared with whoever asks. */
export function branchClause({ user, branches, granted }: Caller, kind: RecordKind): readonly Clause[] {
  const shared = granted === undefined ? [] : [sharedClause(granted.records)];
  if (granted?.only === true) return shared;
  if (branches === undefined) return [];
  const parameters = parametersOf('b', new Set([...branches, user]));
  const within = `c.ix.${BRANCH} IN (${namesOf(parameters)})`;
  const isOpen = kind.branch === undefined && kind.owner === undefined;
  const text = isOpen ? `(NOT IS_DEFINED(c.ix.${BRANCH}) OR ${within})` : within;
  const ways = [{ text, parameters }, ...shared];
  return [
    {
      text: `(${ways.map(way => way.text).join(' OR ')})`,
      parameters: Object.assign({}, ...ways.map(way => way.parameters)),
    },
  ];
}

/** Records that were shared, and what lives in their scopes. */
function sharedClause(records: ReadonlySet<string>): Clause {
  if (records.size === 0) return { text: 'false', parameters: {} };
  const parameters = parametersOf('g', records);
  const names = namesOf(parameters);
  return { text: `(c.id IN (${names}) OR c.scope IN (${names}))`, parameters };
}

function parametersOf(prefix: string, values: ReadonlySet<string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...values].map((value, index) => [`${prefix}${index}`, value]));
}

function namesOf(parameters: Readonly<Record<string, string>>): string {
  return Object.keys(parameters)
    .map(name => `@${name}`)
    .join(', ');
}

/**
 * The branch of everything that a commit writes beside the record that names it: that of the scope's root. The root is
 * nearly always part of the commit; where it is not, it is read, unless no kind with such ids knows branches.
 */
export async function scopeBranch(
  store: Store,
  caller: Caller,
  scope: string,
  request: CommitRequest,
  kinds: readonly RecordKind[],
): Promise<string | undefined> {
  const { create = [], update = [], remove = [], expect = [] } = request;
  const kind = kinds.find(
    ({ branch, ...known }) => branch !== undefined && scopeOfId(known, scope) === scope,
  );
  if (kind === undefined) return undefined;
  const root =
    update.find(({ record }) => record.id === scope)?.data ??
    create.find(({ id }) => id === scope)?.data ??
    [...expect, ...remove].find(({ id }) => id === scope)?.data;
  if (root !== undefined) return ownBranch(kind, scope, root);
  const document = await store.read<RecordDocument>([caller.tenant, scope], scope);
  return document === undefined ? undefined : branchOf(document);
}
