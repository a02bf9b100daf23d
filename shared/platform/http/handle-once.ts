import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { isKept, type RecordKind, RepeatedRequest, type Scope } from '../records/index.ts';
import { besideKey } from './beside-key.ts';
import type { ApiReply, ApiRequest, Endpoint } from './endpoint.ts';
import { replayScope } from './idempotency.ts';
import { declaredReply } from './reply-check.ts';
import type { Stopwatch } from './stopwatch.ts';

type Tools = { readonly platform: Capabilities; readonly kinds: readonly RecordKind[] };
type Request = ApiRequest<unknown, unknown, unknown>;

/** The handler's answer, or the one that the same request got before. */
export async function handleOnce(
  tools: Tools,
  endpoint: Endpoint,
  request: Request,
  params: Readonly<Record<string, string>>,
  watch: Stopwatch,
): Promise<ApiReply> {
  const scope = entryScope(tools, endpoint, request.caller, params);
  watch.lap('idempotency');
  try {
    // A creating request meets its own entry in its commit; every other one must look for it.
    const acted = endpoint.creates !== undefined && params['id'] === undefined ? undefined : scope;
    const reply = await handledBesideKey(tools.platform, endpoint, request, acted);
    watch.lap('handler');
    const standing = scope === undefined || isKept(reply) ? reply : await scope.keepReply(reply);
    watch.lap('idempotency');
    const checked = standing === reply ? declaredReply(endpoint, reply) : replayed(endpoint, standing);
    watch.lap('reply-check');
    return checked;
  } catch (error) {
    const reply = error instanceof RepeatedRequest ? error.reply : await scope?.repeated();
    if (reply === undefined) throw error;
    return replayed(endpoint, reply);
  }
}

/**
 * Lets the handler read and decide while its Idempotency-Key is bound; what it writes waits for that. Whatever comes of the handler,
 * it counts for nothing when the key stands for another request, or for this one already.
 */
async function handledBesideKey(
  platform: Capabilities,
  endpoint: Endpoint,
  request: Request,
  acted: Scope | undefined,
): Promise<ApiReply> {
  if (request.caller.idempotency === undefined) return endpoint.handle(request, platform);
  const leave = leaveToAct(platform, request.caller, acted);
  const handle = async (): Promise<ApiReply> => endpoint.handle(request, besideKey(platform, leave));
  // Both are waited for: nothing of the handler goes on once somebody was answered.
  const [left, done] = await Promise.allSettled([leave, handle()]);
  if (left.status === 'rejected') throw left.reason;
  if (done.status === 'rejected') throw done.reason;
  return done.value;
}

/** Binds the request's key. Throws `idempotency_key_reused`, and the answer that the same request got before. */
async function leaveToAct(
  { records }: Capabilities,
  caller: Caller,
  acted: Scope | undefined,
): Promise<void> {
  const [before] = await Promise.all([acted?.repeated(), records.for(caller).bindKey()]);
  if (before !== undefined) throw new RepeatedRequest(before);
}

/** Where the request's answer stands, or will stand, under its Idempotency-Key. */
function entryScope(
  tools: Tools,
  endpoint: Endpoint,
  caller: Caller,
  params: Readonly<Record<string, string>>,
): Scope | undefined {
  if (caller.idempotency === undefined) return undefined;
  const name = replayScope(endpoint, params, tools.kinds, caller.idempotency, caller.user);
  return name === undefined ? undefined : tools.platform.records.for(caller).scope(name);
}

function replayed(endpoint: Endpoint, stored: ApiReply): ApiReply {
  const reply = declaredReply(endpoint, stored);
  return { ...reply, headers: { ...reply.headers, 'idempotency-replayed': 'true' } };
}
