import { type Caller, timestamp } from '../../kernel/index.ts';
import type { BlindIndex, PersonKeys } from '../keys/index.ts';
import { blindField } from './blind-index.ts';
import { assertWrites, branchWithin } from './branches.ts';
import { sealChange, touchOf } from './change.ts';
import type { Claim, CommitRequest } from './commit-request.ts';
import type { ChangeDocument, ClaimDocument, RecordDocument, StoredReply, Touch } from './documents.ts';
import { recordFault } from './faults.ts';
import { idempotencyEntry } from './idempotency-entry.ts';
import { personsIn } from './map-personal.ts';
import { PERSONS, planOf } from './personal-plan.ts';
import type { RecordKind } from './record-kind.ts';
import { type Belonging, BRANCH, branchOf, OVER_SINCE, type Saved } from './saved.ts';
import { sealData } from './sealing.ts';
import { tokensOf } from './search-tokens.ts';
import { sortKey } from './sort-key.ts';
import { stateOperation } from './state.ts';
import type { Operation } from './store.ts';

/** Cosmos: at most 100 operations in one transactional batch. */
const MAX_OPERATIONS = 100;
/** Cosmos: at most 2 MB in one transactional batch; the rest is room for the envelope. */
const MAX_BYTES = 2_000_000;

/** A commit written out as one batch: what each operation is there for, and what will stand afterwards. */
export type CommitPlan = {
  readonly operations: readonly Operation[];
  readonly meanings: readonly Meaning[];
  readonly saved: readonly (Saved<unknown> & { readonly operation: number })[];
  readonly change: ChangeDocument;
  readonly reply: StoredReply | undefined;
};

type Meaning = {
  readonly what: 'create' | 'update' | 'expect' | 'claim' | 'release' | 'state' | 'change' | 'reply';
  readonly id: string;
};

type Parts = {
  readonly caller: Caller;
  /** Hides personal values that are searched by. */
  readonly blind: BlindIndex;
  /** Of everybody whom the commit is about, as `sealedForCommit` says. */
  readonly keys: PersonKeys;
  readonly scope: string;
  /** Of everything in the scope, where that is somebody's. */
  readonly branch: Belonging | undefined;
  readonly now: Date;
  readonly newKey: () => string;
  readonly request: CommitRequest;
};

type Draft = {
  readonly before: Saved<unknown> | undefined;
  /** In clear; the document has it sealed. */
  readonly data: unknown;
  readonly document: Omit<RecordDocument, 'hash'>;
  readonly kind: RecordKind;
};

/** Turns a commit request, prepared by `prepareCommit`, into the operations of one transactional batch. Pure. */
export function buildCommit(parts: Parts): CommitPlan {
  const { caller, scope, request } = parts;
  const now = timeOf(parts);
  const drafts = [
    ...(request.create ?? []).map(entry => draftNew(parts, now, entry.kind, entry.id, entry.data)),
    ...(request.update ?? []).map(entry => draftNext(parts, now, entry.record, entry.data)),
    ...(request.remove ?? []).map(record => draftGone(parts, now, record)),
  ];
  for (const { before, document } of drafts) {
    if (before !== undefined) assertWrites(caller, before);
    assertWrites(caller, { id: document.id, scope, branch: branchOf(document) });
  }
  const change = sealChange(caller, {
    id: `chg_${scope}_${parts.newKey()}`,
    scope,
    now,
    action: request.action,
    reason: request.reason,
    touches: drafts.map(draft => touchOfDraft(draft)),
    jobs: request.jobs ?? [],
    blind: parts.blind.token,
    keys: parts.keys,
    // What is of no branch, and happens to something that is of one, is told where that is seen.
    branch:
      drafts.map(({ document }) => branchOf(document)).find(branch => branch !== undefined) ?? parts.branch,
    events: request.events ?? [{ type: request.action, data: {} }],
  });
  const documents = drafts.map(draft => ({ ...draft.document, hash: change.hash }));
  const saved = drafts.map((draft, index) => savedOf(draft, change.hash, index));
  const reply = request.reply?.(new Map(saved.map(record => [record.id, record])));
  const rows = [
    ...drafts.map((draft, index) => writeOf(draft, documents[index])),
    ...(request.expect ?? []).map(record => touchRow(record, now)),
    ...(request.claims ?? []).map(claim => claimRow(caller, scope, claim)),
    ...(request.release ?? []).map(({ id, etag }) => row('release', id, { kind: 'remove', id, etag })),
    ...(request.states ?? []).map(write =>
      row('state', write.id, stateOperation(parts.keys, [caller.tenant, scope], write, parts.now)),
    ),
    row('change', change.id, { kind: 'create', item: change }),
    ...replyRow(parts, reply),
  ];
  const operations = rows.map(entry => entry.operation);
  refuseTooLarge(operations);
  return { operations, meanings: rows.map(entry => entry.meaning), saved, change, reply };
}

/**
 * Now, but later than everything that this commit builds on: clocks of two instances differ, and two commits may fall
 * into one millisecond, while history must read in the order in which things happened.
 */
function timeOf({ now, request }: Parts): string {
  const { update = [], remove = [], expect = [] } = request;
  const before = [...update.map(({ record }) => record), ...remove, ...expect];
  const latest = Math.max(0, ...before.map(record => Date.parse(record.updatedAt)));
  return timestamp(new Date(Math.max(now.getTime(), latest + 1)));
}

type Row = { readonly meaning: Meaning; readonly operation: Operation };

function row(what: Meaning['what'], id: string, operation: Operation): Row {
  return { meaning: { what, id }, operation };
}

function draftNew(parts: Parts, now: string, kind: RecordKind, id: string, data: unknown): Draft {
  const document = {
    id,
    tenantId: parts.caller.tenant,
    scope: parts.scope,
    type: 'record' as const,
    kind: kind.name,
    version: 1,
    createdAt: now,
    createdBy: parts.caller.user,
    updatedAt: now,
    at: `${now}~${id}`,
    ...listed(parts, kind, id, { createdAt: now, now }, data),
    data: sealed(parts, kind, id, data),
  };
  return { before: undefined, document, kind, data };
}

function draftNext(parts: Parts, now: string, before: Saved<unknown>, data: unknown): Draft {
  const { kind, id, createdAt } = before;
  const content = {
    ...listed(parts, kind, id, { createdAt, now }, data),
    data: sealed(parts, kind, id, data, before),
  };
  return draftAfter(parts, now, before, content, data);
}

function sealed(
  { caller, keys }: Parts,
  { name, schema }: RecordKind,
  id: string,
  data: unknown,
  before?: Saved<unknown>,
): unknown {
  return sealData(keys, { tenant: caller.tenant, kind: name, id }, planOf(schema), data, before);
}

/** A deleted record is in no list and no index; its last version says that it is gone. */
function draftGone(parts: Parts, now: string, before: Saved<unknown>): Draft {
  const content = { ix: branchIn(before.branch), sort: {}, data: null, deleted: true as const };
  return draftAfter(parts, now, before, content, null);
}

function draftAfter(
  parts: Parts,
  now: string,
  before: Saved<unknown>,
  content: Pick<RecordDocument, 'ix' | 'sort' | 'tokens' | 'data' | 'deleted'>,
  data: unknown,
): Draft {
  const document = {
    id: before.id,
    tenantId: parts.caller.tenant,
    scope: parts.scope,
    type: 'record' as const,
    kind: before.kind.name,
    version: before.version + 1,
    createdAt: before.createdAt,
    createdBy: before.createdBy,
    updatedAt: now,
    at: `${before.createdAt}~${before.id}`,
    ...content,
  };
  return { before, document, kind: before.kind, data };
}

function branchIn(branch: Belonging | undefined): RecordDocument['ix'] {
  return branch === undefined ? {} : { [BRANCH]: branch };
}

/** What lists filter, order and search by. */
function listed(
  { caller, blind, branch }: Parts,
  kind: RecordKind,
  id: string,
  { createdAt, now }: { readonly createdAt: string; readonly now: string },
  data: unknown,
): Pick<RecordDocument, 'ix' | 'sort' | 'tokens'> {
  const orders = Object.entries({ ...kind.sorted?.(data), createdAt });
  const sort = orders.map(([by, value]) => [by, sortKey(caller.tenant, kind.name, value, id)]);
  const tokens =
    kind.searchable === undefined ? {} : { tokens: tokensOf(kind.searchable(data), blind.token) };
  const persons = personsIn(planOf(kind.schema), data, id);
  const blinded = Object.entries(kind.blinded?.(data) ?? {}).map(
    ([name, values]) => [blindField(name), values.map(value => blind.value(name, value))] as const,
  );
  const ix = {
    ...kind.indexed(data),
    ...branchIn(branchWithin(kind, id, data, branch)),
    ...Object.fromEntries(blinded),
    ...(kind.retention?.isOver(data) === true ? { [OVER_SINCE]: now } : {}),
    ...(persons.length === 0 ? {} : { [PERSONS]: persons }),
  };
  return { ix, sort: Object.fromEntries(sort), ...tokens };
}

function touchOfDraft(draft: Draft): Touch {
  return touchOf(
    draft.before === undefined ? undefined : { hash: draft.before.hash, data: draft.before.stored },
    draft.document,
  );
}

function savedOf(
  draft: Draft,
  hash: string,
  operation: number,
): Saved<unknown> & { readonly operation: number } {
  const { id, scope, version, createdAt, createdBy, updatedAt, data: stored, deleted } = draft.document;
  return {
    branch: branchOf(draft.document),
    kind: draft.kind,
    id,
    scope,
    version,
    hash,
    createdAt,
    createdBy,
    updatedAt,
    data: draft.data,
    stored,
    ...(deleted === true ? { deleted } : {}),
    etag: '',
    operation,
  };
}

function writeOf(draft: Draft, document: RecordDocument | undefined): Row {
  if (document === undefined) throw new Error('a draft has no document');
  return draft.before === undefined
    ? row('create', document.id, { kind: 'create', item: document })
    : row('update', document.id, { kind: 'replace', item: document, etag: draft.before.etag });
}

function touchRow(record: Saved<unknown>, at: string): Row {
  return row('expect', record.id, { kind: 'touch', id: record.id, etag: record.etag, at });
}

function claimRow(caller: Caller, scope: string, claim: Claim): Row {
  const item: ClaimDocument = { ...claim, tenantId: caller.tenant, scope, type: 'claim' };
  return row('claim', claim.id, { kind: 'create', item });
}

function replyRow({ caller, scope, keys }: Parts, reply: StoredReply | undefined): readonly Row[] {
  const entry = reply === undefined ? undefined : idempotencyEntry(keys, caller, scope, reply);
  return entry === undefined ? [] : [row('reply', entry.id, { kind: 'create', item: entry })];
}

function refuseTooLarge(operations: readonly Operation[]): void {
  if (operations.length > MAX_OPERATIONS) {
    throw recordFault('platform.commit_too_large', { operations: operations.length, limit: MAX_OPERATIONS });
  }
  const bytes = Buffer.byteLength(JSON.stringify(operations));
  if (bytes > MAX_BYTES) throw recordFault('platform.commit_too_large', { bytes, limit: MAX_BYTES });
}
