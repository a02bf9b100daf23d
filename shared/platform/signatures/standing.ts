import { AppError, contentHash } from '../../kernel/index.ts';
import {
  hasErased,
  isSameButErased,
  type PastState,
  type Saved,
  type Scope,
  verifyChain,
  versionsBack,
} from '../records/index.ts';
import { isWhole, type SignatureData } from './signature.ts';

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
 * hash while it can be read; afterwards the hash of the version's change, in an unbroken chain, vouches for it.
 */
export async function standingsOf(
  scope: Scope,
  record: Saved<unknown>,
  signatures: readonly SignatureData[],
  content: Content,
): Promise<readonly Standing[]> {
  if (signatures.length === 0) return [];
  try {
    const states = await statesSince(scope, record, Math.min(...signatures.map(({ version }) => version)));
    return await Promise.all(
      signatures.map(signature => standingOf(scope, record, signature, states, content)),
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

const altered: Standing = { valid: false, broken: 'altered', brokenSince: null, erased: false };
