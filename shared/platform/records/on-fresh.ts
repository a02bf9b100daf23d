import { AppError } from '../../kernel/index.ts';
import { recordFault } from './faults.ts';

/** How often, and after what. */
export type Anew = {
  /** How many times at most. */
  readonly tries?: number;
  /** Whether what `act` threw means that somebody else came first; what was read is stale, unless told otherwise. */
  readonly lost?: (error: AppError) => boolean;
  /** Waits before it decides anew, so that those who lost together do not meet again. `tries`: how often it lost. */
  readonly pause?: (tries: number) => Promise<void>;
};

/** Those who lose to each other one by one, each time all of them but one, come through within as many tries. */
const MOST_TRIES = 10;
const PAUSE_MILLISECONDS = 5;

/**
 * Loads, decides and commits, and does so anew when what was decided on was changed meanwhile. What `load` refuses is final: there a
 * client's stale If-Match is checked. Who never gets through is told `platform.busy`, which may be asked again later.
 */
export async function onFresh<Loaded, Result>(
  load: () => Promise<Loaded>,
  act: (loaded: Loaded) => Promise<Result>,
  { tries: most = MOST_TRIES, lost = isStale, pause = pauseAtRandom }: Anew = {},
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    const loaded = await load();
    try {
      return await act(loaded);
    } catch (error) {
      if (!(error instanceof AppError && lost(error))) throw error;
      if (tries >= most) throw recordFault('platform.busy', {}, error);
      await pause(tries);
    }
  }
}

/** Whether a commit met a record or state that is no longer as it was read. */
export function isStale({ code }: AppError): boolean {
  return code === 'platform.version_stale';
}

function pauseAtRandom(tries: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, Math.random() * PAUSE_MILLISECONDS * tries));
}
