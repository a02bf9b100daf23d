import type { RpcRetryContext, RpcRetryOptions } from './rpc.ts';

const unlimited = -1;

/** What is wrong with a retry policy (`Utility.ValidateRetryOptions`), in words. */
export function problemsOfRetry(policy: RpcRetryOptions): string[] {
  const problems: string[] = [];
  const seconds = (interval: { readonly seconds?: number } | undefined): number | undefined =>
    interval === undefined ? undefined : (interval.seconds ?? 0);
  if (policy.maxRetryCount === undefined) problems.push('maxRetryCount is missing');
  else if (policy.maxRetryCount < unlimited) problems.push('maxRetryCount must be at least -1');
  if (policy.retryStrategy === 'exponentialBackoff') {
    const [least, most] = [seconds(policy.minimumInterval), seconds(policy.maximumInterval)];
    if (least === undefined) problems.push('minimumInterval is missing');
    if (most === undefined) problems.push('maximumInterval is missing');
    if (least !== undefined && most !== undefined && least > most)
      problems.push('minimumInterval is greater than maximumInterval');
  } else if (seconds(policy.delayInterval) === undefined) problems.push('delayInterval is missing');
  return problems;
}

/** Whether a run that failed is tried again, `retryCount` retries having failed before. */
export function isRetried(
  policy: RpcRetryOptions | undefined,
  retryCount: number,
): policy is RpcRetryOptions {
  if (policy === undefined) return false;
  const most = policy.maxRetryCount ?? 0;
  return most === unlimited || retryCount < most;
}

/**
 * Milliseconds before the next try. Exponential backoff adds to the least interval a delay that doubles, give or take a
 * fifth, up to the greatest interval (`RandomizedExponentialBackoffStrategy`); `random` lies in [0, 1).
 */
export function retryDelay(policy: RpcRetryOptions, retryCount: number, random: number): number {
  if (policy.retryStrategy !== 'exponentialBackoff') return (policy.delayInterval?.seconds ?? 0) * 1000;
  const least = (policy.minimumInterval?.seconds ?? 0) * 1000;
  const most = (policy.maximumInterval?.seconds ?? 0) * 1000;
  if (retryCount === 0) return least;
  return Math.min(most, least + (0.8 + 0.4 * random) * 2 ** (retryCount - 1) * least);
}

/** What the function is told of earlier tries; with a policy also at the first, when there were none. */
export function toRetryContext(
  policy: RpcRetryOptions | undefined,
  retryCount: number,
  earlier: unknown,
): { retryContext?: RpcRetryContext } {
  if (policy === undefined) return {};
  const context = { retryCount, maxRetryCount: policy.maxRetryCount ?? 0 };
  return { retryContext: retryCount === 0 ? context : { ...context, exception: toException(earlier) } };
}

// As the worker's failure reads in the host (`RpcException`).
function toException(error: unknown): { message: string; stackTrace: string; source: string } {
  const [message, stackTrace] =
    error instanceof Error ? [error.message, error.stack ?? ''] : [String(error), ''];
  return { message: `Result: Failure\nException: ${message}\nStack: ${stackTrace}`, stackTrace, source: '' };
}
