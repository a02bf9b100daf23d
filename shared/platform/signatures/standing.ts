import { AppError, contentHash } from '../../kernel/index.ts';
import {
  type ChangeDocument,
  hasErased,
  isSameButErased,
  type PastState,
  type Saved,
  type Scope,
  verifyChain,
  versionsBack,
} from '../records/index.ts';
import { isWhole, type SignatureData, signatureKind, signedAction } from './signature.ts';

/** What is to be said of a signature today. */
export type Standing = {
  readonly valid: boolean;
  /** `altered`: it is not what was signed, by whatever way that came. `content_changed`: the record was changed since. */
  readonly broken: 'altered' | 'content_changed' | null;
  /** The first version with other content than was signed, though a later one may have it back. */
  readonly brokenSince: { readonly version: number; readonly at: string } | null;
  /** Somebody whom the content is about was erased. That it is what was signed rests on the chain alone, which is whole. */
  readonly erased: boolean;
};

type Content = (data: unknown) => unknown;

/**
 * How signatures under a record stand. One is void from the first version on in which the content differs, also when it is
 * changed back: nobody signed what came of that. Erasing a person is no change of the content. What was signed is compared by its
 * hash while it can be read; afterwards the hash of the version's change, in an unbroken chain, vouches for it. A signature's
 * digest takes no key, so a signature also has to be the one that its own change put there, by whom it names.
 */
export async function standingsOf(
  scope: Scope,
  record: Saved<unknown>,
  signatures: readonly Saved<SignatureData>[],
  content: Content,
): Promise<readonly Standing[]> {
  if (signatures.length === 0) return [];
  try {
    const since = Math.min(...signatures.map(({ data }) => data.version));
    const [states, commits] = await Promise.all([
      statesSince(scope, record, since),
      signingsIn(scope, record),
    ]);
    return await Promise.all(
      signatures.map(async signature =>
        (await isAsCommitted(scope, signature, commits))
          ? standingOf(scope, record, signature.data, states, content)
          : altered,
      ),
    );
  } catch (error) {
    // Its past does not fit its present: none of this can be what somebody signed.
    if (error instanceof AppError && error.code === 'platform.history_broken')
      return signatures.map(() => altered);
    throw error;
  }
}

/** The versions from this one on as they stood at rest, oldest first. */
async function statesSince(
  scope: Scope,
  record: Saved<unknown>,
  version: number,
): Promise<readonly PastState[]> {
  const states: PastState[] = [];
  for await (const state of versionsBack(scope, record)) {
    if (state.version < version) break;
    states.push(state);
  }
  return states.toReversed();
}

/** Every commit that signed the record or another of its kind beside it, in one walk. */
async function signingsIn(scope: Scope, { kind }: Saved<unknown>): Promise<readonly ChangeDocument[]> {
  const commits: ChangeDocument[] = [];
  for await (const change of scope.changes({ action: signedAction(kind) })) commits.push(change);
  return commits;
}

/** Whether a signature is what one commit of its signer made, and nothing happened to it since. */
async function isAsCommitted(
  { atRest }: Scope,
  signature: Saved<SignatureData>,
  commits: readonly ChangeDocument[],
): Promise<boolean> {
  const { id, data } = signature;
  const own = commits.filter(({ touches }) => touches.some(touch => touch.id === id));
  const [made] = own;
  if (made === undefined || made.by.user !== data.user) return false;
  const isOfKind = made.touches.some(touch => touch.id === id && touch.kind === signatureKind.name);
  return isOfKind && (await verifyChain({ atRest, changes: () => asGenerator(own) }, signature)).intact;
}

async function* asGenerator<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function standingOf(
  scope: Scope,
  record: Saved<unknown>,
  signature: SignatureData,
  states: readonly PastState[],
  content: Content,
): Promise<Standing> {
  const signed = states.find(({ version }) => version === signature.version);
  if (signed === undefined || !isWhole(signature) || signed.change.hash !== signature.chain) return altered;
  const clear = await scope.opener.data(record.kind, record.id, signed.data);
  const isReadable = contentHash(content(clear)) === signature.content;
  const isErased = !isReadable && hasErased(record.kind, record.id, content(clear));
  if (!isReadable && !(isErased && (await verifyChain(scope, record)).intact)) return altered;
  const changed = states.find(
    ({ version, data }) =>
      version > signature.version && !isSameButErased(content(signed.data), content(data)),
  );
  return {
    valid: changed === undefined,
    broken: changed === undefined ? null : 'content_changed',
    brokenSince: changed === undefined ? null : { version: changed.version, at: changed.change.time },
    erased: isErased,
  };
}

export const altered: Standing = { valid: false, broken: 'altered', brokenSince: null, erased: false };
