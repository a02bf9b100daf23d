import type { Caller } from '../../kernel/index.ts';
import type { BlindIndex, Keyring } from '../keys/index.ts';
import { blindIndexOf } from './blind-index.ts';
import { scopeBranch, sees } from './branches.ts';
import { walkChanges } from './changes.ts';
import type { ChangesQuery } from './changes-query.ts';
import { buildCommit, type CommitPlan } from './commit.ts';
import type { CommitRequest, Committed } from './commit-request.ts';
import type { ChangeDocument, ClaimDocument, RecordDocument, StoredReply } from './documents.ts';
import { recordFault } from './faults.ts';
import { type HistoryPage, type HistoryQuery, historyPage } from './history.ts';
import { keepReply, noteKept, readRepeated } from './kept-replies.ts';
import { type Lease, readLease, writeLease } from './lease.ts';
import { whereClause } from './list-clauses.ts';
import { personsOfCommit, prepareCommit, writable } from './prepare-commit.ts';
import { type RecordKind, scopeOfId } from './record-kind.ts';
import { isReferenceFence, pinReferences } from './references.ts';
import { closeForRemoval } from './removal.ts';
import { type Belonging, branchOf, type Saved, savedFrom } from './saved.ts';
import { freshOpenerOf, type Opener, openerOf } from './sealing.ts';
import { readState, readStates, type State, type StateKind, type StateWrite, writeState } from './state.ts';
import type { BatchOutcome, PartitionKey, Store } from './store.ts';
import { type ChainReport, verifyById } from './verify-chain.ts';

/** Thrown when the request was already carried out under the same Idempotency-Key: here is its answer. */
export class RepeatedRequest extends Error {
  override readonly name = 'RepeatedRequest';
  readonly reply: StoredReply;
  constructor(reply: StoredReply) {
    super('repeated request');
    this.reply = reply;
  }
}

/** A record whose data nobody vouches for. */
export type Found = Saved<unknown> & { readonly unreadable: readonly string[] };

/** One tenant's scope: everything in it is atomic together. */
export type Scope = {
  readonly name: string;
  find<T>(kind: RecordKind<T>, id: string): Promise<Saved<T> | undefined>;
  /** Also what was deleted: then its data is null and its history is all there is. Absence is `platform.not_found`. */
  ever<T>(kind: RecordKind<T>, id: string): Promise<Saved<T>>;
  /** Like `find`, but absence is `platform.not_found`. */
  get<T>(kind: RecordKind<T>, id: string): Promise<Saved<T>>;
  /** A record of any kind as it stands at rest, deleted or not. */
  atRest(id: string): Promise<RecordDocument | undefined>;
  /** Checks a record, deleted or not, against all of its changes. Absence is `platform.not_found`. */
  verify(kind: RecordKind, id: string): Promise<ChainReport>;
  /** Every record of a kind in this scope, oldest first. */
  all<T>(kind: RecordKind<T>): Promise<readonly Saved<T>[]>;
  /**
   * The same, also where values cannot be opened or are none of the kind's: somebody wrote them who had no keys. Those that cannot be
   * opened are null and named in `unreadable`. For who must tell of such records.
   */
  allAsFound(kind: RecordKind): Promise<readonly Found[]>;
  /** How many records of a kind there are in this scope, of those whose indexed fields are among these. */
  count(kind: RecordKind, where?: Readonly<Record<string, readonly string[]>>): Promise<number>;
  /** The scope's changes as they stand at rest, read page by page as they are asked for. */
  changes(query?: ChangesQuery): AsyncGenerator<ChangeDocument>;
  /** Opens what stood at rest, as keys are this moment. */
  readonly opener: Opener;
  /** One page of what happened to a record; to everything in the scope when the record is its root. */
  history(record: Pick<Saved<unknown>, 'id' | 'kind'>, query: HistoryQuery): Promise<HistoryPage>;
  claimOwner(id: string): Promise<string | undefined>;
  /** Takes a claim outside of a commit; tells who owns it now. */
  takeClaim(id: string, owner: string): Promise<string>;
  /** A lease on work in this scope, outside of the audited history. */
  lease(id: string): Promise<Lease | undefined>;
  saveLease(lease: Lease): Promise<Lease | undefined>;
  /** What the scope holds outside of the audited history. */
  state<T>(kind: StateKind<T>, id: string): Promise<State<T> | undefined>;
  states<T>(kind: StateKind<T>, since: Date): Promise<readonly State<T>[]>;
  /** Undefined when somebody else wrote it meanwhile. */
  saveState<T>(write: StateWrite & { readonly data: T }): Promise<State<T> | undefined>;
  change(id: string): Promise<ChangeDocument | undefined>;
  /** The stored answer of the request under way, when it was carried out before. */
  repeated(): Promise<StoredReply | undefined>;
  /** Stores the answer of a request that had nothing to commit. Gives the one that stands. */
  keepReply(reply: StoredReply): Promise<StoredReply>;
  commit(request: CommitRequest): Promise<Committed>;
};

export type ScopeTools = {
  readonly store: Store;
  /** Container `archive`: changes of long ago. */
  readonly archive: Store;
  readonly now: () => Date;
  readonly newKey: () => string;
  readonly keyring: Keyring;
  /** Every kind that there is; those that know branches are looked for among them. */
  readonly kinds?: readonly RecordKind[];
  /** Told of every commit; must not throw and is not waited for. */
  readonly committed: (caller: Caller, change: ChangeDocument) => void;
};

/** The handle through which one caller works in one scope of its tenant. */
export function openScope(tools: ScopeTools, caller: Caller, name: string): Scope {
  const key: PartitionKey = [caller.tenant, name];
  const opener = openerOf(tools.keyring, caller.tenant);
  const trace = async <T>(kind: RecordKind<T>, id: string): Promise<Saved<T> | undefined> => {
    if (scopeOfId(kind, id) !== name) return undefined;
    const document = await tools.store.read<RecordDocument>(key, id);
    if (document === undefined || document.type !== 'record' || document.kind !== kind.name) return undefined;
    if (!sees(caller, { id, scope: name, branch: branchOf(document) })) return undefined;
    return (await savedFrom(opener, kind, [document]))[0];
  };
  const find = async <T>(kind: RecordKind<T>, id: string): Promise<Saved<T> | undefined> => {
    const record = await trace(kind, id);
    return record?.deleted === true ? undefined : record;
  };
  const repeated = (): Promise<StoredReply | undefined> => readRepeated(tools, key, caller);
  const changes: Scope['changes'] = (query = {}) => walkChanges(tools, key, query);
  const atRest: Scope['atRest'] = async id => {
    const document = await tools.store.read<RecordDocument>(key, id);
    return document?.type === 'record' ? document : undefined;
  };
  return {
    name,
    opener: freshOpenerOf(tools.keyring, caller.tenant),
    find,
    get: async (kind, id) => there(await find(kind, id), id),
    ever: async (kind, id) => there(await trace(kind, id), id),
    atRest,
    verify: async (kind, id) => {
      const isSeen = (branch: Belonging | undefined): boolean => sees(caller, { id, scope: name, branch });
      return there(await verifyById({ atRest, changes }, kind.name, id, isSeen), id);
    },
    all: kind => readAll(tools.store, opener, caller, key, kind),
    allAsFound: kind => readAsFound(tools, caller, key, kind),
    count: (kind, where) => countOf(tools.store, key, kind, where),
    changes,
    history: (record, query) => historyPage(tools, caller, key, record, query),
    claimOwner: async id => (await tools.store.read<ClaimDocument>(key, id))?.owner,
    takeClaim: (id, owner) => takeClaim(tools.store, key, id, owner),
    lease: id => readLease(tools.store, key, id),
    saveLease: lease => writeLease(tools.store, key, lease),
    state: (kind, id) => readState(tools.store, opener, key, kind, id),
    states: (kind, since) => readStates(tools.store, opener, key, kind, since),
    saveState: write => writeState(tools.store, tools.keyring, key, write, tools.now()),
    change: id => tools.store.read<ChangeDocument>(key, id),
    repeated,
    keepReply: reply => keepReply(tools, key, caller, reply),
    commit: request => commit(tools, caller, key, request),
  };
}

function there<T>(record: T | undefined, id: string): T {
  if (record === undefined) throw recordFault('platform.not_found', { id });
  return record;
}

async function countOf(
  store: Store,
  key: PartitionKey,
  kind: RecordKind,
  where: Readonly<Record<string, readonly string[]>> = {},
): Promise<number> {
  const fields = Object.entries(where).map(([field, oneOf]) => [field, { oneOf }] as const);
  const clauses = whereClause(Object.fromEntries(fields), undefined);
  const [row] = await store.query<{ readonly count: number }>(key, {
    text: `SELECT COUNT(1) AS count FROM c
      WHERE c.type = 'record' AND c.kind = @kind AND (NOT IS_DEFINED(c.deleted) OR c.deleted = false)
      ${clauses.map(({ text }) => `AND ${text}`).join(' ')}`,
    parameters: Object.assign({ kind: kind.name }, ...clauses.map(({ parameters }) => parameters)),
  });
  return row?.count ?? 0;
}

async function readAll<T>(
  store: Store,
  opener: Opener,
  caller: Caller,
  key: PartitionKey,
  kind: RecordKind<T>,
): Promise<readonly Saved<T>[]> {
  const rows = await store.query<RecordDocument>(key, {
    text: "SELECT * FROM c WHERE c.type = 'record' AND c.kind = @kind ORDER BY c.at ASC",
    parameters: { kind: kind.name },
  });
  return savedFrom(
    opener,
    kind,
    rows.filter(row => row.deleted !== true && sees(caller, { ...row, branch: branchOf(row) })),
  );
}

async function readAsFound(
  { store, keyring }: ScopeTools,
  caller: Caller,
  key: PartitionKey,
  kind: RecordKind,
): Promise<readonly Found[]> {
  const lost = new Map<string, readonly string[]>();
  const opener = openerOf(keyring, caller.tenant, (id, path) =>
    lost.set(id, [...(lost.get(id) ?? []), path]),
  );
  const records = await readAll(store, opener, caller, key, kind);
  return records.map(record => ({ ...record, unreadable: lost.get(record.id) ?? [] }));
}

async function takeClaim(store: Store, key: PartitionKey, id: string, owner: string): Promise<string> {
  const claim: ClaimDocument = { id, tenantId: key[0] ?? '', scope: key[1] ?? '', type: 'claim', owner };
  const outcome = await store.create(key, claim);
  if (outcome === 'created') return owner;
  const present = await store.read<ClaimDocument>(key, id);
  // It is there, but this read is behind: nobody may guess whose it is.
  if (present === undefined) throw recordFault('platform.database_unavailable', { claim: id });
  return present.owner;
}

async function commit(
  tools: ScopeTools,
  caller: Caller,
  key: PartitionKey,
  asked: CommitRequest,
): Promise<Committed> {
  const { newKey } = tools;
  const scope = key[1] ?? '';
  const prepared = prepareCommit(asked, newKey);
  const { persons, born, fresh } = personsOfCommit(caller, prepared);
  const [blind, keys, branch] = await Promise.all([
    blindFor(tools, caller, prepared),
    tools.keyring.ensure(caller.tenant, persons, born, fresh),
    scopeBranch(tools.store, caller, scope, prepared, tools.kinds ?? []),
  ]);
  const pinned = await pinReferences(tools, key, writable(prepared, keys));
  const { closed, reopen } = await closeForRemoval(tools, caller, key, pinned.remove ?? []);
  const request = { ...pinned, remove: closed };
  const plan = buildCommit({ caller, blind, keys, scope, branch, now: tools.now(), newKey, request });
  const outcome = await tools.store.batch(key, plan.operations);
  const refused = async (failed: BatchOutcome & { done: false }): Promise<never> => {
    await reopen();
    return refuse(tools, caller, key, plan, failed);
  };
  const etags = outcome.done
    ? outcome.etags
    : await etagsOfOwn(tools.store, key, plan, () => refused(outcome));
  const saved = new Map(
    plan.saved.map(record => [record.id, { ...record, etag: etags[record.operation] ?? '' }]),
  );
  if (plan.reply !== undefined && caller.idempotency !== undefined) noteKept(plan.reply);
  tools.committed(caller, plan.change);
  return { saved, change: plan.change, reply: plan.reply };
}

/** The tenant's key is asked for only when the commit has personal search texts or an address. */
async function blindFor(tools: ScopeTools, caller: Caller, request: CommitRequest): Promise<BlindIndex> {
  const kinds = [
    ...(request.create ?? []).map(({ kind }) => kind),
    ...(request.update ?? []).map(({ record }) => record.kind),
  ];
  if (caller.address !== undefined || kinds.some(needsBlind))
    return blindIndexOf(tools.keyring, caller.tenant);
  const refuse = (): never => {
    throw new Error('a kind with personal search texts must say so');
  };
  return { token: refuse, value: refuse };
}

function needsBlind({ searchesPersonal, blinded }: RecordKind): boolean {
  return searchesPersonal === true || blinded !== undefined;
}

/**
 * A batch whose answer was lost is sent again by the SDK and then meets itself. Its change has an id that nobody
 * else can have: when that is there, the commit is done.
 */
async function etagsOfOwn(
  store: Store,
  key: PartitionKey,
  plan: CommitPlan,
  refused: () => Promise<never>,
): Promise<readonly string[]> {
  const own = await store.read<ChangeDocument>(key, plan.change.id);
  if (own === undefined) return refused();
  const records = await Promise.all(plan.saved.map(record => store.read<RecordDocument>(key, record.id)));
  return records.map(record => record?._etag ?? '');
}

async function refuse(
  tools: ScopeTools,
  caller: Caller,
  key: PartitionKey,
  plan: CommitPlan,
  { failedAt, status }: BatchOutcome & { done: false },
): Promise<never> {
  const meaning = plan.meanings[failedAt];
  const reply = await readRepeated(tools, key, caller);
  if (reply !== undefined) throw new RepeatedRequest(reply);
  if (status === 413) throw recordFault('platform.commit_too_large');
  // What it is a claim on; the rest may stand for something personal.
  if (meaning?.what === 'claim' && isReferenceFence(meaning.id)) throw recordFault('platform.reference_gone');
  if (meaning?.what === 'claim')
    throw recordFault('platform.claim_taken', { claim: meaning.id.split(':', 1)[0] });
  if (meaning?.what === 'create') throw recordFault('platform.already_exists', { id: meaning.id });
  throw recordFault('platform.version_stale', { id: meaning?.id ?? '' });
}
