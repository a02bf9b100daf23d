import type { Caller, Granted } from '../../kernel/index.ts';
import type { CommitRequest } from './commit-request.ts';
import type { RecordDocument } from './documents.ts';
import { recordFault } from './faults.ts';
import type { Clause } from './list-clauses.ts';
import { type RecordKind, scopeOfId } from './record-kind.ts';
import { type Belonging, BRANCH, branchOf } from './saved.ts';
import type { Store } from './store.ts';

/** A record of a kind that knows branches, and of none of them: only who is not limited sees it. */
const NO_BRANCH = '-';

/** The branch of a record: its own, or that of the root of its scope. Undefined for kinds that know none. */
export function branchWithin(
  kind: RecordKind,
  id: string,
  data: unknown,
  root: Belonging | undefined,
): Belonging | undefined {
  if (kind.home !== 'within') return ownBranch(kind, id, data);
  return kind.acrossBranches === true ? undefined : root;
}

function ownBranch(kind: RecordKind, id: string, data: unknown): Belonging | undefined {
  if (kind.owner !== undefined) return kind.owner(data);
  if (kind.branches !== undefined) return kind.branches(data)?.toSorted() ?? NO_BRANCH;
  return kind.branch === undefined ? undefined : (kind.branch(data, id) ?? NO_BRANCH);
}

/** Something in a tenant, and whose it is. */
export type Place = { readonly id: string; readonly scope: string; readonly branch?: Belonging | undefined };

/**
 * Whether somebody sees what belongs to a branch: who is not limited everything, who is what is of their branches or of
 * none, people who work nowhere else, what is theirs, themselves, and what was shared with them.
 */
export function sees(
  { user, branches, granted }: Pick<Caller, 'user' | 'branches' | 'granted'>,
  { id, scope, branch }: Place,
): boolean {
  if (branches === undefined || branch === undefined || id === user) return true;
  if (typeof branch !== 'string') return branch.every(one => branches.has(one));
  return branches.has(branch) || branch === user || granted?.records.has(scope) === true;
}

/** Refuses a commit that writes, before or after, what belongs to a branch beyond the caller's. */
export function assertWrites(caller: Caller, place: Place): void {
  if (sees(caller, place)) return;
  const { branch = NO_BRANCH } = place;
  const named = typeof branch === 'string' ? branch : branch.find(one => caller.branches?.has(one) !== true);
  throw recordFault('platform.branch_beyond', named === NO_BRANCH ? {} : { branch: named });
}

/** Of what changes are about: whose somebody sees who works in these branches. */
export function belongingClause(branches: ReadonlySet<string>, user: string): Clause {
  const parameters = parametersOf('b', new Set([...branches, user]));
  const names = namesOf(parameters);
  const ways = [`NOT IS_DEFINED(c.ix.${BRANCH})`, `c.ix.${BRANCH} IN (${names})`, nowhereElse(names)];
  return { text: `(${ways.join(' OR ')})`, parameters };
}

/** Whether somebody's branches are all among these parameters. */
function nowhereElse(names: string): string {
  const elsewhere = `SELECT VALUE b FROM b IN c.ix.${BRANCH} WHERE NOT (b IN (${names}))`;
  return `(IS_ARRAY(c.ix.${BRANCH}) AND NOT EXISTS(${elsewhere}))`;
}

/** The part of a list's query that leaves out other branches, and keeps in what was shared with whoever asks. */
export function branchClause({ user, branches, granted }: Caller, kind: RecordKind): readonly Clause[] {
  const shared = granted === undefined ? [] : [sharedClause(kind, granted)];
  if (granted?.only === true) return shared;
  if (branches === undefined) return [];
  const ways = [ownClause(kind, branches, user), ...shared];
  return [
    {
      text: `(${ways.map(way => way.text).join(' OR ')})`,
      parameters: Object.assign({}, ...ways.map(way => way.parameters)),
    },
  ];
}

/** What is of these branches; people as `sees` says. */
function ownClause(kind: RecordKind, branches: ReadonlySet<string>, user: string): Clause {
  const parameters = parametersOf('b', new Set([...branches, user]));
  const names = namesOf(parameters);
  if (kind.branches !== undefined)
    return { text: `(c.id = @me OR ${nowhereElse(names)})`, parameters: { ...parameters, me: user } };
  const within = `c.ix.${BRANCH} IN (${names})`;
  const isOpen = kind.branch === undefined && kind.owner === undefined;
  return { text: isOpen ? `(NOT IS_DEFINED(c.ix.${BRANCH}) OR ${within})` : within, parameters };
}

/** Records that were shared, and what lives in their scopes. */
function sharedClause({ home }: RecordKind, { records, within = [] }: Granted): Clause {
  const parameters: Record<string, string> = {};
  const namesFor = (prefix: string, values: ReadonlySet<string>): string => {
    const own = parametersOf(prefix, values);
    Object.assign(parameters, own);
    return namesOf(own);
  };
  const among = (names: string): string =>
    home === 'within' ? `(c.id IN (${names}) OR c.scope IN (${names}))` : `c.scope IN (${names})`;
  const ways = [
    ...(records.size === 0 ? [] : [among(namesFor('g', records))]),
    ...within.map((group, index) => {
      const branches = namesFor(`h${index}_`, group.branches);
      const isTheirs = `(NOT IS_DEFINED(c.ix.${BRANCH}) OR c.ix.${BRANCH} IN (${branches}))`;
      return `(${among(namesFor(`g${index}_`, group.records))} AND ${isTheirs})`;
    }),
  ];
  return { text: ways.length === 0 ? 'false' : `(${ways.join(' OR ')})`, parameters };
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
): Promise<Belonging | undefined> {
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
