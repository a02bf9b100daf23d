import { afterLsn } from './change-feed.ts';
import type { QueryWork } from './charge.ts';
import { queryCharge, readFactor } from './charge.ts';
import type { Container } from './container.ts';
import { readContinuation, writeContinuation } from './continuation.ts';
import type { EpkRange } from './epk.ts';
import { badRequest, CosmosFault, notImplemented, ownerNotFound } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { isTrue, jsonBody, reply, seconds } from './http.ts';
import { indexMetricsHeader } from './index-metrics.ts';
import { isObject } from './json.ts';
import type { Page, PageLimits, Position } from './page.ts';
import type { PageRequest } from './query.ts';
import { indexFor, runPage } from './query.ts';
import { metricsHeader } from './query-metrics.ts';
import { overlaps, targetOf } from './query-target.ts';
import { storedPart } from './read-jobs.ts';
import type { Service } from './service.ts';
import { levelOf, ownerHeaders, placeHeaders, readPoint } from './service.ts';
import type { Query } from './sql/ast.ts';
import { isBoundless, OutOfTime } from './sql/effort.ts';
import { checkFeatures } from './sql/features.ts';
import { parseQuery } from './sql/parse.ts';
import type { QueryPlan } from './sql/plan.ts';
import { parametersOf, planQuery, servedByGateway } from './sql/plan.ts';
import type { Parameters } from './sql/run.ts';

const usualPageSize = 100;
const mostPageBytes = 4 * 1024 * 1024;

// What takes longer does so in a thread, where it holds up nobody.
const patienceMs = 100;
const longQuery = 8192;

type Asked = { readonly text: string; readonly query: Query; readonly parameters: Parameters };

const everything = 'SELECT * FROM c';

function askedOf(call: Call): Asked {
  if (call.method === 'GET')
    return { text: everything, query: parseQuery(everything), parameters: new Map() };
  const body = jsonBody(call);
  const text = isObject(body) ? body['query'] : undefined;
  if (!isObject(body) || typeof text !== 'string') throw badRequest("The request body has no 'query'.");
  return { text, query: parseQuery(text), parameters: parametersOf(body['parameters']) };
}

function planOf(container: Container, asked: Asked): QueryPlan {
  const paths = container.keyPaths.map(path => path.join('/'));
  return planQuery(asked.query, asked.parameters, paths, container.keyKind);
}

/** Answers how a client should run a query over several partitions. A key in the header has no part in it. */
export function planHandler(_service: Service, call: Call, container: Container): Reply {
  const asked = askedOf(call);
  checkFeatures(asked.query, call.header('x-ms-cosmos-supported-query-features'));
  const plan = planOf(container, asked);
  return reply(200, JSON.stringify(plan), { ...ownerHeaders(container), 'x-ms-request-charge': '0' });
}

function pageSize(call: Call): number {
  const asked = Number(call.header('x-ms-max-item-count') ?? usualPageSize);
  if (!Number.isInteger(asked) || asked === 0 || asked < -1)
    throw badRequest("The value of the header 'x-ms-max-item-count' is invalid.");
  return asked === -1 ? Number.POSITIVE_INFINITY : asked;
}

/** A query whose filter names one key needs no leave to run over partitions. */
function checkCrossPartition(container: Container, call: Call, asked: Asked): readonly EpkRange[] {
  const plan = planOf(container, asked);
  const points = plan.queryRanges.every(({ min, max }) => min === max);
  const allowed = isTrue(call.header('x-ms-documentdb-query-enablecrosspartition')) || call.method === 'GET';
  if (!allowed && !(points && plan.queryRanges.length === 1)) {
    throw badRequest(
      'Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception.',
    );
  }
  if (!servedByGateway(asked.query)) {
    throw new CosmosFault(
      400,
      'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully. This exception is traced, but unless you see it bubble up as an exception (which only happens on older SDK clients), then you can safely ignore this message.',
      { subStatus: 1004, extra: { additionalErrorInfo: JSON.stringify(plan) } },
    );
  }
  return plan.queryRanges;
}

/** Runs a query, or a plain read of the feed (GET). */
export async function queryHandler(service: Service, call: Call, container: Container): Promise<Reply> {
  const asked = askedOf(call);
  const target = targetOf(container, call);
  const wanted = target.single ? target.ranges : checkCrossPartition(container, call, asked);
  const token = call.header('x-ms-continuation');
  const start = token === undefined || token === '' ? undefined : readContinuation(token);
  // The order over ranges is the order of the hash space, so one position holds for all of them, also after a split.
  const ranges = target.single ? target.ranges : target.ranges.filter(range => overlaps(range, wanted));
  const left = ranges.filter(range => target.single || start === undefined || range.max > start.min);
  const asOf = readPoint(service, call, 'query', container);
  const began = performance.now();
  const remainingMs = (): number => service.queryMs - (performance.now() - began);
  const run: PageReader = (range, position, limits) => {
    const where = { container, range, position, limits, asOf };
    const effort = {
      now: seconds(call),
      indexed: false,
      budgetMs: Math.max(1, remainingMs()),
      endsEarly: true,
    };
    return readPage(service, { ...asked, ...where, ...effort }, call.gone);
  };
  const pages = await readRanges(
    asked.query.sources.length === 0 ? left.slice(0, 1) : left,
    start?.position,
    pageSize(call),
    run,
    () => remainingMs() <= 0,
  );
  const head = {
    ...placeHeaders(container, left[0]?.min ?? '', asOf),
    'x-ms-item-count': String(pages.results.length),
    'x-ms-request-charge': String(queryCharge(pages.work, readFactor(levelOf(call)))),
    ...(isTrue(call.header('x-ms-documentdb-populatequerymetrics'))
      ? metricsHeader(pages.work, performance.now() - began)
      : {}),
    ...(isTrue(call.header('x-ms-cosmos-populateindexmetrics-v2'))
      ? indexMetricsHeader(asked.query, container.index)
      : {}),
    ...(pages.next === undefined ? {} : { 'x-ms-continuation': pages.next }),
  };
  return reply(200, feedBody(container, pages.results), head);
}

type PageReader = (range: EpkRange, position: Position | undefined, limits: PageLimits) => Promise<Page>;

/** Reads one page here, or in a thread when it may take long or turns out to, with an index when that is worth it. */
async function readPage(
  service: Service,
  request: PageRequest & { readonly text: string },
  gone: AbortSignal,
): Promise<Page> {
  const { query, container, ...rest } = request;
  const large = service.threads.isLarge(container, request.range);
  const columns = indexFor(request);
  const indexed =
    columns !== undefined &&
    (await orGone(service, container, service.indexes.prepare(container, columns, large)));
  const isShort = !large && request.text.length <= longQuery && !isBoundless(query);
  const here = isShort ? pageWithin(patienceMs, service, { ...request, indexed }) : undefined;
  if (here !== undefined) return here;
  const job = { kind: 'page', ...rest, container: storedPart(container), indexed } as const;
  const bounds = { gone, mostMs: request.budgetMs + service.queryMs };
  return orGone(service, container, service.threads.run<'page'>(job, true, bounds));
}

/** The page, if the main thread can read it in this time. */
function pageWithin(budgetMs: number, service: Service, request: PageRequest): Page | undefined {
  try {
    return runPage(service.sql, { ...request, budgetMs, endsEarly: false });
  } catch (error) {
    if (error instanceof OutOfTime) return undefined;
    throw error;
  }
}

/** The result of a thread; 404 when the container was dropped while it worked. */
async function orGone<Result>(
  service: Service,
  container: Container,
  work: Promise<Result>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (service.catalog.all().some(({ number }) => number === container.number)) throw error;
    throw ownerNotFound();
  }
}

type Pages = {
  readonly results: readonly string[];
  readonly work: QueryWork;
  readonly next: string | undefined;
};

const noWork: QueryWork = { partitions: 0, scanned: 0, scannedBytes: 0, returned: 0, returnedBytes: 0 };

function addWork(left: QueryWork, right: QueryWork): QueryWork {
  return {
    partitions: left.partitions + right.partitions,
    scanned: left.scanned + right.scanned,
    scannedBytes: left.scannedBytes + right.scannedBytes,
    returned: left.returned + right.returned,
    returnedBytes: left.returnedBytes + right.returnedBytes,
  };
}

/** Fills one answer from one range after the other. */
async function readRanges(
  ranges: readonly EpkRange[],
  position: Position | undefined,
  size: number,
  run: PageReader,
  isOver: () => boolean,
): Promise<Pages> {
  const results: string[] = [];
  let work = noWork;
  for (const [at, range] of ranges.entries()) {
    const page = await run(range, position, {
      results: size - results.length,
      bytes: mostPageBytes - work.returnedBytes,
    });
    // Not spread into one call: a page may hold more results than a call may have arguments.
    for (const text of page.results) results.push(text);
    work = addWork(work, page.work);
    if (page.position !== undefined)
      return { results, work, next: writeContinuation({ min: range.min, position: page.position }) };
    const following = ranges[at + 1];
    const isFull = results.length >= size || work.returnedBytes >= mostPageBytes || isOver();
    if (following !== undefined && isFull) {
      return { results, work, next: writeContinuation({ min: following.min, position: undefined }) };
    }
  }
  return { results, work, next: undefined };
}

function feedBody(container: Container, documents: readonly string[]): string {
  return `{"_rid":"${container.rid}","Documents":[${documents.join()}],"_count":${documents.length}}`;
}

/** Reads the change feed of a physical partition, a part of one, or a logical partition; 304 when nothing is new. */
export async function changeFeedHandler(service: Service, call: Call, container: Container): Promise<Reply> {
  if (call.header('a-im')?.toLowerCase() !== 'incremental feed')
    throw notImplemented('the all versions and deletes change feed');
  const target = targetOf(container, call);
  const [range] = target.ranges;
  if (!target.single || range === undefined) {
    throw badRequest('A change feed needs a partition key range or a full partition key.', 1001);
  }
  const asOf = readPoint(service, call, 'changefeed', container);
  const since = call.header('if-modified-since');
  const continuation = call.header('if-none-match');
  const large = service.threads.isLarge(container, range, afterLsn(continuation, container));
  const request = {
    range,
    continuation,
    since: since === undefined ? undefined : Math.floor(Date.parse(since) / 1000),
    pageSize: pageSize(call),
    now: seconds(call),
    asOf,
    factor: readFactor(levelOf(call)),
  };
  const job = { kind: 'feed', ...request, container: storedPart(container) } as const;
  const page = await orGone(service, container, service.threads.run<'feed'>(job, large));
  const headers = {
    ...placeHeaders(container, range.min, asOf),
    etag: page.etag,
    'x-ms-item-count': String(page.documents.length),
    'x-ms-request-charge': String(page.charge),
  };
  if (page.documents.length === 0) return reply(304, '', headers);
  return reply(200, feedBody(container, page.documents), headers);
}
