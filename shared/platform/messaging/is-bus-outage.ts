import { isOutage } from '../outages/index.ts';

/** The SDK's own words for what passes. */
const PASSING = new Set(['ServiceBusy', 'ServiceTimeout', 'ServiceCommunicationProblem', 'QuotaExceeded']);

/**
 * Whether Service Bus does not answer for a while. The SDK (7.9) keeps the code of a refused connection in the text of a
 * `GeneralError` only, and calls a refused login something to repeat.
 */
export function isBusOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { retryable, code } = error as { retryable?: unknown; code?: unknown };
  if (code === 'UnauthorizedAccess') return false;
  if (code === 'GeneralError' && isOutage({ code: error.message.split(':')[0] })) return true;
  return retryable === true || PASSING.has(String(code)) || isOutage(error);
}
