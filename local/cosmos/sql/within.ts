import { createContext, Script } from 'node:vm';
import { tookTooLong } from '../errors.ts';

const sandbox: { work?: () => unknown } = {};
const context = createContext(sandbox);
const script = new Script('work()');

/**
 * What `work` computes, for work that has to be done at once and on this thread; 408 when it takes longer than half a second. A
 * regular expression is ended too. It must hold nothing that has to be given back.
 */
export function withinHalfASecond<Result>(work: () => Result): Result {
  let result: { readonly value: Result } | undefined;
  sandbox.work = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: 500 });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
  if (result === undefined) throw tookTooLong();
  return result.value;
}

function isTimeout(error: unknown): boolean {
  // The error is made in the context, whose Error is not this one's.
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
