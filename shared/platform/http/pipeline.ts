import { type Caller, type PermissionTable, systemCaller, tenantId } from '../../kernel/index.ts';
import { type Language, languageOf, negotiateLanguage } from '../../kernel/languages/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Limiter } from '../limits/index.ts';
import { refusalPage } from '../pages/index.ts';
import {
  type Cost,
  isKept,
  metered,
  type RecordKind,
  RepeatedRequest,
  type Scope,
} from '../records/index.ts';
import { authenticate, type Principal } from './authenticate.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { deprecationHeaders } from './deprecation.ts';
import type { ApiReply, ApiRequest, Endpoint } from './endpoint.ts';
import { assertOpen, assertServes, tenantOfHost } from './host.ts';
import { idempotencyClaim, keysOf, replayScope } from './idempotency.ts';
import { readIfMatch, readInput } from './input.ts';
import { type Counted, limit, limitingRefusals, limitStranger } from './limit.ts';
import { mergeHeaders } from './merge-headers.ts';
import { noteAttempt } from './note-attempt.ts';
import { noting } from './noting.ts';
import { oauthRefusal } from './oauth-refusal.ts';
import { assertInPlan, permit, permitBody } from './permit.ts';
import { type FieldWordings, problemReply, type Wordings } from './problem.ts';
import { sendable, type WireReply } from './render-reply.ts';
import { declaredReply } from './reply-check.ts';
import type { Router } from './router.ts';
import { withShared } from './shared-record.ts';
import { noStopwatch, type Stopwatch, startStopwatch } from './stopwatch.ts';
import { wantsPage } from './wants-page.ts';
import { requestIdOf, type WireRequest } from './wire.ts';

export type PipelineTools = {
  readonly platform: Capabilities;
  readonly router: Router;
  readonly kinds: readonly RecordKind[];
  readonly permissions: PermissionTable;
  /** Permissions that nobody may use in another's place. */
  readonly personal: ReadonlySet<string>;
  readonly wordings: Wordings;
  readonly fieldWordings: FieldWordings;
  readonly limiter: Limiter;
  /** Multiplies every quota that no plan sets; 1 but where a whole test suite comes from one address. */
  readonly limitFactor: number;
  readonly log: (entry: RequestLog) => void;
  /** Say in headers what each request cost the database and what each step took; for benchmarks, never in production. */
  readonly diagnosticHeaders: boolean;
};

export type RequestLog = {
  readonly requestId: string;
  readonly endpoint: string;
  readonly tenant: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly trips: number;
  readonly requestUnits: number;
  /** What stands behind a 5xx: a bug, or a part that is out. */
  readonly failure: unknown;
};

/** What is known of a request while it passes; the log and the problem document read it. */
type Passage = {
  endpoint: string;
  tenant: string;
  language: Language;
  /** Refusals have the members that OAuth wants, too. */
  isOAuth: boolean;
  /** Refusals are pages: a person sent a form, or followed a link, to what answers pages. */
  isPage: boolean;
  tenantName: string;
  /** What the way of the request adds to its answer, whatever that is. */
  headers: Readonly<Record<string, string>>;
  readonly watch: Stopwatch;
};

/** The way of every request, in this order and nowhere else. Never throws. */
export async function answer(tools: PipelineTools, wire: WireRequest): Promise<WireReply> {
  const started = performance.now();
  const requestId = requestIdOf(wire);
  const asked = wire.header('accept-language');
  const passage: Passage = {
    endpoint: '',
    tenant: '',
    language: negotiateLanguage(asked, 'en'),
    isOAuth: false,
    isPage: false,
    tenantName: '',
    headers: {},
    watch: tools.diagnosticHeaders ? startStopwatch() : noStopwatch,
  };
  let failure: unknown;
  const { result, cost } = await metered(async () => {
    try {
      return await pass(tools, wire, requestId, passage);
    } catch (error) {
      const context = { requestId, path: wire.url.pathname, language: passage.language };
      const problem = problemReply(error, context, tools.wordings, tools.fieldWordings);
      const reply = refusalTo(passage, problem);
      if (reply.status >= 500) failure = error;
      return reply;
    }
  });
  const milliseconds = performance.now() - started;
  const { endpoint, tenant, watch } = passage;
  tools.log({ requestId, endpoint, tenant, status: result.status, milliseconds, ...cost, failure });
  const whole = { ...result, headers: mergeHeaders(passage.headers, result.headers) };
  watch.lap('log');
  const sent = sendable(wire, whole, requestId, watch);
  return tools.diagnosticHeaders
    ? { ...sent, headers: { ...sent.headers, ...costField(cost), ...watch.field() } }
    : sent;
}

/** A problem in the form that whoever asked reads. */
function refusalTo({ isOAuth, isPage, language, tenantName }: Passage, problem: ApiReply): ApiReply {
  if (isPage) return refusalPage(problem, { language, tenant: tenantName });
  return isOAuth ? oauthRefusal(problem) : problem;
}

/** How the problems of an endpoint are written, whatever comes of the request. */
function noteEndpoint(passage: Passage, endpoint: Endpoint, wire: WireRequest): void {
  passage.endpoint = endpoint.id;
  passage.isOAuth = endpoint.refusesAs === 'oauth';
  passage.isPage = wantsPage(endpoint, wire.header('accept'));
}

async function pass(
  tools: PipelineTools,
  wire: WireRequest,
  requestId: string,
  passage: Passage,
): Promise<ApiReply> {
  if (wire.method === 'OPTIONS') return options(tools, wire);
  const route = tools.router.find(wire.method, wire.url.pathname);
  passage.watch.lap('route');
  if ('endpoint' in route) noteEndpoint(passage, route.endpoint, wire);
  const isPlatform = 'endpoint' in route && route.endpoint.access === 'platform';
  const tenant = isPlatform ? undefined : await tenantOfHost(tools.platform, wire);
  passage.tenant = tenant?.id ?? '';
  passage.tenantName = tenant?.branding.legalName ?? '';
  const usual = languageOf(tenant?.locale ?? '') ?? 'en';
  passage.language = negotiateLanguage(wire.header('accept-language'), usual);
  passage.headers = corsHeaders(wire, tenant);
  if ('refusal' in route || (tenant === undefined && !isPlatform))
    await limitStranger(tools.limiter, tools.limitFactor, { tenant, wire });
  if ('refusal' in route) throw route.refusal;
  const { endpoint, params } = route;
  passage.headers = mergeHeaders(passage.headers, deprecationHeaders(endpoint));
  if (!isPlatform) await assertOpen(tools.platform, endpoint, tenant, wire);
  passage.watch.lap('tenant');
  const principal = await identified(tools, endpoint, wire, tenant, requestId);
  passage.watch.lap('authentication');
  const limits = await limit(tools.limiter, tools.limitFactor, endpoint, { tenant, principal, wire });
  passage.headers = mergeHeaders(passage.headers, limits);
  passage.watch.lap('limits');
  const { grantee: _grantee, mustEnrol: _mustEnrol, language, ...asker } = principal;
  passage.language = negotiateLanguage(wire.header('accept-language'), language ?? usual);
  const known: Caller = {
    ...asker,
    tenant: tenantId(tenant?.id ?? ''),
    tenantSlug: tenant?.slug ?? '',
    requestId,
    address: wire.address,
    idempotency: undefined,
  };
  const who = await withShared(tools, endpoint, params, principal, known);
  await noting(tools, endpoint, who, async () => permit(endpoint, who, tools.platform.now(), principal));
  assertServes(tenant, endpoint, principal);
  assertInPlan(endpoint, tenant);
  passage.watch.lap('access');
  const input = await readInput(endpoint, wire, params);
  permitBody(endpoint, input.body, who, tools.platform.now());
  const ifMatch = readIfMatch(endpoint, wire);
  passage.watch.lap('validation');
  const idempotency = idempotencyClaim(
    wire.header('idempotency-key'),
    endpoint,
    tenant?.id ?? '',
    principal.user,
    { path: wire.url.pathname, ...input },
  );
  const caller: Caller = { ...who, idempotency };
  const request = {
    caller,
    ...input,
    ifMatch,
    header: wire.header,
    url: wire.url,
    host: wire.host,
    newKey: keysOf(idempotency, tools.platform.newKey),
  } as unknown as ApiRequest<unknown, unknown, unknown>; // every part was parsed by the endpoint's own schemas
  passage.watch.lap('idempotency');
  return limitingRefusals(tools.limiter, tools.limitFactor, endpoint, { tenant, wire }, () =>
    noting(tools, endpoint, who, () => handled(tools, endpoint, request, params, passage.watch)),
  );
}

/** Who asks. A token that is none costs its sender what a stranger's request does. */
async function identified(
  tools: PipelineTools,
  endpoint: Endpoint,
  wire: WireRequest,
  tenant: Counted['tenant'],
  requestId: string,
): Promise<Principal> {
  try {
    return await authenticate(tools, endpoint, wire, tenant);
  } catch (error) {
    await limit(tools.limiter, tools.limitFactor, endpoint, { tenant, principal: undefined, wire });
    const stranger = systemCaller(tenant?.id ?? '', tenant?.slug ?? '', requestId);
    const who = { ...stranger, user: 'anonymous', name: 'anonymous', address: wire.address };
    await noteAttempt(tools.platform, who, endpoint, error);
    throw error;
  }
}

/** The handler's answer, or the one that the same request got before. */
async function handled(
  tools: PipelineTools,
  endpoint: Endpoint,
  request: ApiRequest<unknown, unknown, unknown>,
  params: Readonly<Record<string, string>>,
  watch: Stopwatch,
): Promise<ApiReply> {
  const scope = entryScope(tools, endpoint, request.caller, params);
  // A creating request meets its own entry in its commit; every other one must look before it decides.
  const [before] = await Promise.all([
    endpoint.creates !== undefined && params['id'] === undefined ? undefined : scope?.repeated(),
    tools.platform.records.for(request.caller).bindKey(),
  ]);
  if (before !== undefined) return replayed(endpoint, before);
  watch.lap('idempotency');
  try {
    const reply = await endpoint.handle(request, tools.platform);
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

/** Where the request's answer stands, or will stand, under its Idempotency-Key. */
function entryScope(
  tools: PipelineTools,
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

function costField({ trips, requestUnits }: Cost): Readonly<Record<string, string>> {
  return { 'touchstone-cost': `trips=${trips}, ru=${requestUnits.toFixed(2)}` };
}

/** What may be sent to an address; to pages of the tenant's own origins also in the words of CORS. */
async function options(tools: PipelineTools, wire: WireRequest): Promise<ApiReply> {
  const allowed = tools.router.allowed(wire.url.pathname);
  if (allowed.length === 0) {
    const route = tools.router.find('GET', wire.url.pathname);
    if ('refusal' in route) throw route.refusal;
  }
  const tenant =
    wire.header('origin') === undefined ? undefined : await tools.platform.tenants.byHost(wire.host);
  const cors = corsHeaders(wire, tenant);
  const preflight = 'access-control-allow-origin' in cors ? preflightHeaders(wire, allowed) : {};
  return { status: 204, headers: { allow: allowed.join(', '), ...cors, ...preflight }, body: undefined };
}
