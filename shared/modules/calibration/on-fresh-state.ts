import { AppError } from '../../kernel/index.ts';
import { recordFault } from '../../platform/records/index.ts';

/** Observations of one request arrive together; each commit lets one of them pass. */
const MOST_TRIES = 10;

/**
 * Loads, decides and commits, and does so again when somebody else's commit came in between. What `load` refuses
 * is final; so a client's stale If-Match is checked there. Throws `platform.busy` when it never gets through.
 */
export async function onFreshState<State, Result>(
  load: () => Promise<State>,
  act: (state: State) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    const state = await load();
    try {
      return await act(state);
    } catch (error) {
      if (!cameInBetween(error)) throw error;
      if (tries >= MOST_TRIES) throw recordFault('platform.busy', {}, error);
    }
  }
}

/** A number's fence is taken when the number was voided meanwhile; the next try reserves another one. */
function cameInBetween(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === 'platform.version_stale' || error.code === 'platform.claim_taken')
  );
}
