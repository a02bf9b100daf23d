/**
 * The messages that the Functions host and the Node worker exchange, as far as this host uses them. Names and
 * shapes follow `types-core/index.d.ts` of Azure/azure-functions-nodejs-library.
 */
export type RpcTypedData = {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  http?: RpcHttpData;
  int?: number;
  double?: number;
  collectionBytes?: { bytes: Uint8Array[] };
  collectionString?: { string: string[] };
};

export type RpcNullableString = { value?: string };

export type RpcHttpData = {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  body?: RpcTypedData;
  statusCode?: string;
  cookies?: RpcHttpCookie[];
  enableContentNegotiation?: boolean;
  nullableHeaders?: Record<string, RpcNullableString>;
  nullableParams?: Record<string, RpcNullableString>;
  nullableQuery?: Record<string, RpcNullableString>;
};

export type RpcHttpCookie = {
  name?: string;
  value?: string;
  domain?: { value?: string };
  path?: { value?: string };
  expires?: { value?: { seconds?: number } };
  secure?: { value?: boolean };
  httpOnly?: { value?: boolean };
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  maxAge?: { value?: number };
};

export type RpcLogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type RpcLogCategory = 'user' | 'system' | 'customMetric';

export type RpcBinding = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
};

export type RpcRetryOptions = {
  readonly maxRetryCount?: number;
  readonly delayInterval?: { readonly seconds?: number };
  readonly minimumInterval?: { readonly seconds?: number };
  readonly maximumInterval?: { readonly seconds?: number };
  readonly retryStrategy?: 'exponentialBackoff' | 'fixedDelay';
};

export type FunctionMetadata = {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: Readonly<Record<string, RpcBinding>>;
  readonly retryOptions?: RpcRetryOptions;
};

export type RpcTraceContext = { traceParent: string; traceState: string; attributes: Record<string, string> };

export type RpcRetryContext = {
  retryCount: number;
  maxRetryCount: number;
  exception?: { message: string; stackTrace: string; source: string };
};

export type RpcInvocationRequest = {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: RpcTypedData }[];
  triggerMetadata: Record<string, RpcTypedData>;
  traceContext: RpcTraceContext;
  retryContext?: RpcRetryContext;
};

export type RpcInvocationResponse = {
  invocationId?: string;
  outputData?: { name: string; data: RpcTypedData }[];
  returnValue?: RpcTypedData | null;
};

export type InvocationState = 'preInvocationHooks' | 'postInvocationHooks' | 'invocation';

export type CoreInvocationContext = {
  readonly invocationId: string;
  readonly request: RpcInvocationRequest;
  readonly metadata: FunctionMetadata;
  state: InvocationState | undefined;
  log(level: RpcLogLevel, category: RpcLogCategory, message: string): void;
};

export type FunctionCallback = (...args: unknown[]) => unknown;

export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
};

export type ProgrammingModel = {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(
    defaults: Record<string, string>,
  ): Record<string, string> | Promise<Record<string, string>>;
};
