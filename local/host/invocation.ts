import { randomBytes } from 'node:crypto';
import { executeHooks, type FunctionApp, type RegisteredFunction } from './functions-core.ts';
import type { LogSink } from './output.ts';
import type {
  CoreInvocationContext,
  RpcInvocationRequest,
  RpcInvocationResponse,
  RpcLogCategory,
  RpcLogLevel,
  RpcTraceContext,
} from './rpc.ts';

/**
 * Runs one function once, in the steps of the real worker (`InvocationHandler.ts`): arguments, preInvocation hooks,
 * the function, postInvocation hooks, response. Rejects with what the function threw, or with what a hook made of it.
 */
export async function invoke(
  app: FunctionApp,
  target: RegisteredFunction,
  request: RpcInvocationRequest,
  log: LogSink,
): Promise<RpcInvocationResponse> {
  const model = app.programmingModel;
  if (model === undefined) throw new Error('The app has set no programming model.');
  const core = new InvocationLog(target, request, log);
  const invocation = await model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();
  core.context = context;
  if (app.hooks.preInvocation.length === 0 && app.hooks.postInvocation.length === 0) {
    core.state = 'invocation';
    const result = await invocation.invokeFunction(context, inputs, target.callback);
    core.state = undefined;
    return invocation.getResponse(context, result);
  }
  const hookData = {};
  const shared = { hookData, appHookData: app.appHookData, invocationContext: context };
  const before = Object.assign(readOnly(shared), { functionCallback: target.callback, inputs });
  core.state = 'preInvocationHooks';
  await executeHooks(app, 'preInvocation', before);

  const after = Object.assign(readOnly(shared), {
    inputs: before.inputs,
    result: null as unknown,
    error: null as unknown,
  });
  core.state = 'invocation';
  try {
    after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  await executeHooks(app, 'postInvocation', after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  return invocation.getResponse(context, after.result);
}

/**
 * The trace of a new invocation below the caller's, if it named one (W3C Trace Context): same trace, new span.
 */
export function traceBelow(parent: string | undefined, state: string | undefined): RpcTraceContext {
  const known = parent?.match(/^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/);
  const random = randomHex();
  const trace = known?.[1] ?? random.slice(0, 32);
  return {
    traceParent: `00-${trace}-${random.slice(32)}-${known?.[2] ?? '00'}`,
    traceState: state ?? '',
    attributes: {},
  };
}

// One call of the random generator serves many invocations: it costs more than the rest of the id.
let pool = '';
function randomHex(): string {
  if (pool.length < 48) pool = randomBytes(24 * 256).toString('hex');
  const hex = pool.slice(0, 48);
  pool = pool.slice(48);
  return hex;
}

function readOnly<T extends object>(values: T): Readonly<T> {
  const result = {};
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(result, name, {
      enumerable: true,
      get: () => value,
      set: () => {
        throw new TypeError(`Cannot assign to read only property '${name}'`);
      },
    });
  }
  // The loop above gave it exactly the properties of `values`.
  return result as Readonly<T>;
}

class InvocationLog implements CoreInvocationContext {
  readonly invocationId: string;
  readonly request: RpcInvocationRequest;
  readonly metadata: RegisteredFunction['metadata'];
  readonly #log: LogSink;
  state: CoreInvocationContext['state'];
  /** The context that the function gets, once it is made; hooks of the log see it. */
  context: unknown;

  constructor(target: RegisteredFunction, request: RpcInvocationRequest, log: LogSink) {
    this.invocationId = request.invocationId;
    this.request = request;
    this.metadata = target.metadata;
    this.#log = log;
    this.state = undefined;
    this.context = undefined;
  }

  log(level: RpcLogLevel, category: RpcLogCategory, message: string): void {
    this.#log({
      level,
      category,
      message,
      invocationId: this.invocationId,
      functionName: this.metadata.name,
      invocationContext: this.context,
    });
  }
}
