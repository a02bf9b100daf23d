import Module from 'node:module';
import type { LogSink } from './output.ts';
import type {
  FunctionCallback,
  FunctionMetadata,
  ProgrammingModel,
  RpcLogCategory,
  RpcLogLevel,
} from './rpc.ts';

/** Which worker and host we claim to be: the versions whose behaviour this host follows. */
const workerVersion = '3.12.0';
export const hostVersion = '4.1041.0';

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;
export type HookName = (typeof hookNames)[number];
export type HookCallback = (context: unknown) => unknown;

export type RegisteredFunction = {
  readonly id: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
};

/** What the bundle told the worker while it was loaded. */
export type FunctionApp = {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: Record<HookName, HookCallback[]>;
  readonly appHookData: Record<string, unknown>;
  readonly appLevelHookData: Record<string, unknown>;
  /** Ids of functions that a setting switches off. */
  readonly disabled: Set<string>;
  programmingModel: ProgrammingModel | undefined;
  /** Set once the app has started: functions register at load only, as in Azure. */
  locked: boolean;
};

class SystemError extends Error {
  readonly isAzureFunctionsSystemError = true;
}

class SystemRangeError extends RangeError {
  readonly isAzureFunctionsSystemError = true;
}

class Disposable {
  #callOnDispose: (() => unknown) | undefined;

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) item.dispose();
    });
  }

  dispose(): unknown {
    const call = this.#callOnDispose;
    this.#callOnDispose = undefined;
    return call?.();
  }
}

/**
 * Offers `@azure/functions-core` to CommonJS code of this process, in the way of the real Node worker
 * (`src/setupCoreModule.ts` of Azure/azure-functions-nodejs-worker): `require` is intercepted, an ES module import
 * is not. Returns what the bundle will have registered after it was required.
 */
export function offerFunctionsCore(log: LogSink): FunctionApp {
  const app: FunctionApp = {
    functions: new Map(),
    hooks: { preInvocation: [], postInvocation: [], appStart: [], appTerminate: [], log: [] },
    appHookData: {},
    appLevelHookData: {},
    disabled: new Set(),
    programmingModel: undefined,
    locked: false,
  };
  const core = {
    version: workerVersion,
    hostVersion,
    Disposable,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      registerFunction(app, metadata, callback),
    registerHook: (name: string, callback: HookCallback) => registerHook(app, name, callback),
    setProgrammingModel: (model: ProgrammingModel) => {
      app.programmingModel = model;
    },
    getProgrammingModel: () => app.programmingModel,
    log: (level: RpcLogLevel, category: RpcLogCategory, message: string) => log({ level, category, message }),
  };
  const original = Module.prototype.require;
  Module.prototype.require = Object.assign(function (this: NodeJS.Module, id: string): unknown {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  }, original);
  return app;
}

function registerFunction(
  app: FunctionApp,
  metadata: FunctionMetadata,
  callback: FunctionCallback,
): Disposable {
  if (app.locked) throw new SystemError('A function can only be registered during app startup.');
  const id = metadata.functionId ?? metadata.name;
  if (app.functions.has(id)) throw new SystemError(`A function with id "${id}" has already been registered.`);
  app.functions.set(id, { id, metadata, callback });
  return new Disposable(() => {
    if (app.locked) throw new SystemError('A function can only be disposed during app startup.');
    app.functions.delete(id);
  });
}

function registerHook(app: FunctionApp, name: string, callback: HookCallback): Disposable {
  const known = hookNames.find(hook => hook === name);
  if (known === undefined) throw new SystemRangeError(`Unrecognized hook "${name}"`);
  const hooks = app.hooks[known];
  hooks.push(callback);
  return new Disposable(() => {
    const index = hooks.indexOf(callback);
    if (index >= 0) hooks.splice(index, 1);
  });
}

/** Calls the hooks of one name in the order of their registration; the first error stops and is thrown. */
export async function executeHooks(app: FunctionApp, name: HookName, context: unknown): Promise<void> {
  for (const callback of app.hooks[name]) await callback(context);
}
