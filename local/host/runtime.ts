import type { FunctionApp, RegisteredFunction } from './functions-core.ts';
import { invoke } from './invocation.ts';
import type { Output } from './output.ts';
import type { RpcInvocationRequest, RpcInvocationResponse } from './rpc.ts';

/** What the triggers share: how a function is run, and where its lines go. */
export type Runtime = {
  readonly output: Output;
  /** Runs a function once; rejects with what it threw. */
  run(target: RegisteredFunction, request: RpcInvocationRequest): Promise<RpcInvocationResponse>;
};

/**
 * The runtime of a loaded app. A function that runs longer than `timeoutMilliseconds` calls `onTimeout`: the real host
 * then throws the worker process away, with everything else that runs in it.
 */
export function createRuntime(
  app: FunctionApp,
  output: Output,
  timeoutMilliseconds: number,
  onTimeout: (name: string) => void,
): Runtime {
  // Node's timers end at 24.8 days; no limit at all is then the same.
  const limited = timeoutMilliseconds < 2 ** 31;
  return {
    output,
    run: async (target, request) => {
      if (!limited) return invoke(app, target, request, output.log);
      const timer = setTimeout(onTimeout, timeoutMilliseconds, target.metadata.name);
      try {
        return await invoke(app, target, request, output.log);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Runs a function that no client waits for and writes its line. Resolves with the error, if it threw one. */
export async function runAndReport(
  runtime: Runtime,
  target: RegisteredFunction,
  request: RpcInvocationRequest,
  reason: string,
): Promise<{ readonly error: unknown } | undefined> {
  const started = performance.now();
  const { invocationId } = request;
  const functionName = target.metadata.name;
  try {
    await runtime.run(target, request);
    runtime.output.finished({
      invocationId,
      functionName,
      milliseconds: performance.now() - started,
      outcome: reason,
      failed: false,
    });
    return undefined;
  } catch (error) {
    runtime.output.log({
      level: 'error',
      category: 'user',
      message: describe(error),
      invocationId,
      functionName,
    });
    runtime.output.finished({
      invocationId,
      functionName,
      milliseconds: performance.now() - started,
      outcome: reason,
      failed: true,
    });
    return { error };
  }
}

/** An error as text, with its stack and causes. */
export function describe(error: unknown): string {
  if (!(error instanceof Error))
    return typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
  const cause = error.cause === undefined ? '' : `\n  caused by ${describe(error.cause)}`;
  return (error.stack ?? error.message) + cause;
}
