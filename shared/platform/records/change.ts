import { createPatch, type Operation } from 'rfc6902';
import { type Caller, contentHash } from '../../kernel/index.ts';
import type { PersonKeys } from '../keys/index.ts';
import { isChange } from './change-as-found.ts';
import type { ChangeDocument, ChangeEvent, JobCall, RecordDocument, Touch } from './documents.ts';
import { sealValue } from './envelope.ts';
import { personOf } from './map-personal.ts';
import { COMMON } from './personal-plan.ts';
import type { Belonging } from './saved.ts';
import type { Blind } from './search-tokens.ts';
import { timeKey } from './sort-key.ts';

/** Forward and inverse RFC 6902 patches between two states of a record at rest; null is "not there". */
export function touchOf(
  before: Pick<RecordDocument, 'hash' | 'data'> | undefined,
  after: Omit<RecordDocument, 'hash'>,
): Touch {
  const from = before === undefined ? null : before.data;
  return {
    id: after.id,
    kind: after.kind,
    version: after.version,
    forward: patch(from, after.data),
    inverse: patch(after.data, from),
    previous: before === undefined ? null : before.hash,
    listed: listedHash(after),
  };
}

/** What lists find a record by, in one hash: the chain holds it, since rules of indexing change and what was indexed stays. */
export function listedHash({ ix, sort, tokens }: Pick<RecordDocument, 'ix' | 'sort' | 'tokens'>): string {
  return contentHash({ ix, sort, tokens });
}

function patch(from: unknown, to: unknown): readonly Operation[] {
  // Most of a record is the very object that was read; what is identical need not be compared again.
  return createPatch({ data: from }, { data: to }, (left, right) => (left === right ? [] : undefined));
}

export type ChangeParts = {
  readonly id: string;
  readonly scope: string;
  readonly now: string;
  readonly action: string;
  readonly reason: string | undefined;
  readonly touches: readonly Touch[];
  readonly jobs: readonly JobCall[];
  readonly events: readonly ChangeEvent[];
  /** Hides the address from whoever does not hold the tenant's key. */
  readonly blind: Blind;
  /** Those of `changeSealedFor`. */
  readonly keys: PersonKeys;
  /** Whose branch the change is about. */
  readonly branch?: Belonging | undefined;
};

/** Under whose keys a change's own personal values are sealed: who acted, and an operator in their place. */
export function changeSealedFor({ user, via }: Caller): readonly string[] {
  return via?.operator === undefined ? [personOf(user)] : [personOf(user), COMMON];
}

/** The account of one commit, sealed with its hash. */
export function sealChange(caller: Caller, parts: ChangeParts): ChangeDocument {
  const person = personOf(caller.user);
  const operator = caller.via?.operator;
  const owner = { tenant: caller.tenant, kind: 'change', id: parts.id };
  const seal = (path: string, sealedFor: string, text: string): string =>
    sealValue(parts.keys, owner, { path, sealedFor }, text);
  const open: Omit<ChangeDocument, 'hash'> = {
    id: parts.id,
    tenantId: caller.tenant,
    scope: parts.scope,
    type: 'change',
    at: `${parts.now}~${parts.id}`,
    time: parts.now,
    action: parts.action,
    by: {
      user: caller.user,
      name: seal('by/name', person, caller.name),
      ...(operator === undefined
        ? {}
        : { operator: { ...operator, name: seal('by/operator/name', COMMON, operator.name) } }),
    },
    reason: parts.reason ?? null,
    requestId: caller.requestId,
    address: caller.address === undefined ? null : seal('address', person, caller.address),
    touches: parts.touches,
    jobs: parts.jobs,
    events: parts.events,
    ix: {
      touches: parts.touches.map(touch => touch.id),
      action: parts.action,
      user: caller.user,
      ...(caller.address === undefined ? {} : { address: parts.blind(caller.address) }),
      ...(parts.branch === undefined ? {} : { branch: parts.branch }),
    },
    sort: { time: timeKey(caller.tenant, parts.now, parts.id) },
  };
  return { ...open, hash: contentHash(open) };
}

/** Whether a change still has the content that it was sealed with, and is one at all: whoever forges it can compute its hash, too. */
export function isIntact(change: ChangeDocument): boolean {
  const { hash, ...open } = stripSystem(change);
  return isChange(change) && contentHash(open) === hash;
}

function stripSystem(change: ChangeDocument): ChangeDocument {
  const own = Object.entries(change).filter(([key]) => !key.startsWith('_'));
  return Object.fromEntries(own) as ChangeDocument; // only Cosmos' own members were taken away
}
