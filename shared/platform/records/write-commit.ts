import type { Caller } from '../../kernel/index.ts';
import type { BlindIndex } from '../keys/index.ts';
import { blindIndexOf } from './blind-index.ts';
import { scopeBranch } from './branches.ts';
import { buildCommit, type CommitPlan } from './commit.ts';
import type { CommitRequest, Committed } from './commit-request.ts';
import type { ChangeDocument, RecordDocument } from './documents.ts';
import { recordFault } from './faults.ts';
import { noteKept, RepeatedRequest, readRepeated } from './kept-replies.ts';
import { isReferenceFence, type Pins } from './pins.ts';
import { personsOfCommit, prepareCommit, writable } from './prepare-commit.ts';
import type { RecordKind } from './record-kind.ts';
import { pinReferences } from './references.ts';
import { assertOpen, closeForRemoval } from './removal.ts';
import type { ScopeTools } from './scope-tools.ts';
import type { BatchOutcome, PartitionKey, Store } from './store.ts';

/** What was done for a commit before it, and what it waits for. */
type Before = { readonly pins: Pins; readonly leave: Promise<unknown> | undefined };

/** Writes a commit as one batch, with what `pins` pinned for it and whatever else it newly refers to, and not before `leave` is given. */
export async function writeCommit(
  tools: ScopeTools,
  caller: Caller,
  key: PartitionKey,
  asked: CommitRequest,
  { pins, leave }: Before,
): Promise<Committed> {
  const { newKey } = tools;
  const scope = key[1] ?? '';
  assertOpen(tools.now(), asked);
  const prepared = prepareCommit(asked, newKey);
  const { persons, born, fresh } = personsOfCommit(caller, prepared);
  const [blind, keys, branch, referring] = await Promise.all([
    blindFor(tools, caller, prepared),
    tools.keyring.ensure(caller.tenant, persons, born, fresh),
    scopeBranch(tools.store, caller, scope, prepared, tools.kinds ?? []),
    pinReferences(tools, pins, scope, prepared),
    leave,
  ]);
  const { closed, reopen } = await closeForRemoval(tools, caller, key, prepared.remove ?? []);
  const request = { ...writable(referring, keys), remove: closed };
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
  throw recordFault('platform.version_stale', { id: meaning?.what === 'release' ? '' : (meaning?.id ?? '') });
}
