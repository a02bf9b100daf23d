import { type Caller, type PermissionTable, systemCaller, tenantId } from '../../kernel/index.ts';
import { type Language, languageOf, negotiateLanguage } from '../../kernel/languages/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Limiter } from '../limits/index.ts';
import { refusalPage } from '../pages/index.ts';
import { type Cost, metered, type RecordKind } from '../records/index.ts';
import { authenticate, type Principal } from './authenticate.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { deprecationHeaders } from './deprecation.ts';
import type { ApiReply, ApiRequest, Endpoint } from './endpoint.ts';
import { handleOnce } from './handle-once.ts';
import { assertOpen, assertServes, tenantOfHost } from './host.ts';
import { idempotencyClaim, keysOf } from './idempotency.ts';
import { readIfMatch, readInput } from './input.ts';
import { type Counted, limit, limitingRefusals, limitStranger } from './limit.ts';
import { mergeHeaders } from './merge-headers.ts';
import { noteAttempt } from './note-attempt.ts';
import { noting } from './noting.ts';
import { oauthRefusal } from './oauth-refusal.ts';
import { assertInPlan, permit, permitBody } from './permit.ts';
import { type FieldWordings, problemReply, type Wordings } from './problem.ts';
import { sendable, type WireReply } from './render-reply.ts';
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
  const idempotency = await idempotencyClaim(tools.platform.identityKeys, endpoint, wire, who, input);
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
    noting(tools, endpoint, who, () => handleOnce(tools, endpoint, request, params, passage.watch)),
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
