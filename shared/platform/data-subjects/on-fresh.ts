import { AppError } from '../../kernel/index.ts';
import { recordFault } from '../records/index.ts';

const MOST_TRIES = 10;

/** Decides again when somebody wrote meanwhile. */
export async function onFresh<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'platform.version_stale') throw error;
    }
  }
  throw recordFault('platform.busy');
}
