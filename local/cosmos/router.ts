import type { Caller } from './auth.ts';
import type { Container } from './container.ts';
import { badRequest, CosmosFault, methodNotAllowed, notFound, notImplemented } from './errors.ts';
import type { Call, OperationName, Reply } from './http.ts';
import { isQuery, isTrue } from './http.ts';
import { batchItems, deleteKey, readItem, writeItem } from './item-handlers.ts';
import {
  accountHandler,
  containerHandler,
  containersHandler,
  databaseHandler,
  databasesHandler,
  rangesHandler,
} from './metadata-handlers.ts';
import { offersHandler } from './offer-handlers.ts';
import { changeFeedHandler, planHandler, queryHandler } from './query-handlers.ts';
import type { Service } from './service.ts';

/** What a handler is found by. */
type Head = Pick<Call, 'method' | 'parts' | 'header'>;

/** A request that has found its handler. */
type Route = {
  readonly operation: OperationName;
  /** Whether an identity's token may do it: tokens reach data and may read metadata, the rest needs the key. */
  readonly dataPlane: boolean;
  readonly container: string | undefined;
  readonly handle: (service: Service, call: Call) => Reply | Promise<Reply>;
};

/** The resource type and link that a signature covers. */
export function signedResource(parts: readonly string[]): { readonly type: string; readonly link: string } {
  const feed = parts.length % 2 === 1;
  const type = (feed ? parts.at(-1) : parts.at(-2)) ?? '';
  // Deleting all items of a key is signed as an act on the container.
  if (parts[4] === 'operations') return { type: 'colls', link: parts.slice(0, 4).join('/') };
  if (parts[0] === 'offers') return { type, link: (parts[1] ?? '').toLowerCase() };
  return { type, link: (feed ? parts.slice(0, -1) : parts).join('/') };
}

/** 501 for what is left out, whoever asks: what it is tells nothing about the account. */
export function refuseLeftOut({ parts, header }: Head): void {
  if (parts[0] !== 'dbs') return;
  const name = [parts[2], parts[4]].find(part => leftOut.has(part ?? ''));
  if (name !== undefined) throw notImplemented(name);
  const runsTrigger = triggerHeaders.some(one => (header(one) ?? '') !== '');
  if (runsTrigger) throw notImplemented('triggers');
  if (header('x-ms-indexing-directive')?.toLowerCase() === 'exclude')
    throw notImplemented('items that are left out of the index');
}

// https://learn.microsoft.com/rest/api/cosmos-db/common-cosmosdb-rest-request-headers
const triggerHeaders = ['x-ms-documentdb-pre-trigger-include', 'x-ms-documentdb-post-trigger-include'];

const leftOut: ReadonlySet<string> = new Set([
  'users',
  'clientencryptionkeys',
  'sprocs',
  'triggers',
  'udfs',
  'conflicts',
]);

// https://learn.microsoft.com/rest/api/cosmos-db/#supported-rest-api-versions and what the SDKs send besides
const apiVersions: ReadonlySet<string> = new Set(
  `2014-08-21 2015-04-08 2015-06-03 2015-08-06 2015-12-16 2016-05-30 2016-07-11 2016-11-14 2017-01-19 2017-02-22 2017-05-03
   2017-11-15 2018-06-18 2018-08-31 2018-09-17 2018-12-31 2019-10-14 2020-07-15 2020-11-05`.split(/\s+/),
);

function checkVersion(version: string | undefined): void {
  if (version !== undefined && apiVersions.has(version)) return;
  throw badRequest(
    'Invalid API version. Ensure a valid x-ms-version header value is passed. Please update to the latest version of Azure Cosmos DB SDK.',
  );
}

/** Finds the handler of a request; 404, 405 or 501 when there is none. */
export function route(call: Head): Route {
  checkVersion(call.header('x-ms-version'));
  const [first, , second, , third] = call.parts;
  const { length } = call.parts;
  const reading = call.method === 'GET' || isQuery(call);
  const metadata = (handle: Route['handle']): Route => ({
    operation: 'metadata',
    dataPlane: reading,
    container: call.parts[3],
    handle,
  });
  if (length === 0) return metadata(accountHandler);
  if (first === 'offers' && length <= 2)
    return { ...metadata((service, one) => offersHandler(service, one, call.parts[1])), dataPlane: false };
  if (first !== 'dbs') throw notFound();
  if (length === 1) return metadata(databasesHandler);
  if (length === 2) return metadata((service, one) => databaseHandler(service, one, call.parts[1] ?? ''));
  if (second !== 'colls') throw notFound();
  if (length === 3) return metadata((service, one) => containersHandler(service, one, call.parts[1] ?? ''));
  if (length === 4)
    return metadata((service, one) =>
      containerHandler(service, one, call.parts[1] ?? '', call.parts[3] ?? ''),
    );
  return partRoute(call, third ?? '');
}

/** What is inside a container: its partitions and its documents. */
function partRoute(call: Head, part: string): Route {
  if (part === 'pkranges') {
    const handle = inContainer((_, one, container) => rangesHandler(one, container));
    return { operation: 'metadata', dataPlane: true, container: call.parts[3], handle };
  }
  if (part === 'operations' && call.parts[5] === 'partitionkeydelete') return data(call, 'delete', deleteKey);
  if (part !== 'docs') throw notFound();
  return call.parts.length === 5 ? feedRoute(call) : itemRoute(call, call.parts.slice(5).join('/'));
}

type ContainerHandler = (service: Service, call: Call, container: Container) => Reply | Promise<Reply>;

function inContainer(handle: ContainerHandler): Route['handle'] {
  return (service, call) =>
    handle(service, call, service.catalog.container(call.parts[1] ?? '', call.parts[3] ?? ''));
}

function data(call: Head, operation: OperationName, handle: ContainerHandler): Route {
  return { operation, dataPlane: true, container: call.parts[3], handle: inContainer(handle) };
}

function feedRoute(call: Head): Route {
  if (call.method === 'GET') {
    return call.header('a-im') === undefined
      ? data(call, 'query', queryHandler)
      : data(call, 'changefeed', changeFeedHandler);
  }
  if (call.method !== 'POST') throw methodNotAllowed(call.method);
  if (isTrue(call.header('x-ms-cosmos-is-query-plan-request'))) {
    return data(call, 'metadata', planHandler);
  }
  if (isQuery(call)) return data(call, 'query', queryHandler);
  if (isTrue(call.header('x-ms-cosmos-is-batch-request'))) return data(call, 'batch', batchItems);
  const kind = isTrue(call.header('x-ms-documentdb-is-upsert')) ? 'upsert' : 'create';
  return data(call, kind, (service, one, container) => writeItem(service, one, container, kind));
}

const itemKinds = { PUT: 'replace', PATCH: 'patch', DELETE: 'delete' } as const;

function itemRoute(call: Head, id: string): Route {
  if (call.method === 'GET')
    return data(call, 'read', (service, one, container) => readItem(service, one, container, id));
  if (call.method !== 'PUT' && call.method !== 'PATCH' && call.method !== 'DELETE')
    throw methodNotAllowed(call.method);
  const kind = itemKinds[call.method];
  return data(call, kind, (service, one, container) => writeItem(service, one, container, kind, id));
}

/** 403 for what an identity's token may not do: managing databases and containers needs the control plane or the key. */
export function checkRights(caller: Caller, found: Route): void {
  if (caller === 'key' || found.dataPlane) return;
  throw new CosmosFault(403, 'The given request cannot be authorized by AAD token in data plane.', {
    subStatus: 5300,
  });
}
