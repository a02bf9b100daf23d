import type { Database } from './catalog.ts';
import { metadataCharge } from './charge.ts';
import type { Container } from './container.ts';
import { badRequest, notFound } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { clientJson, jsonBody, reply, seconds } from './http.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import { childRid } from './rid.ts';
import type { Service } from './service.ts';
import { ownerHeaders } from './service.ts';
import { parseQuery } from './sql/parse.ts';
import { parametersOf } from './sql/plan.ts';
import { collected, compileQuery } from './sql/run.ts';

const region = 'Local';
const readCost = { 'x-ms-request-charge': String(metadataCharge('read')) };
const writeCost = { 'x-ms-request-charge': String(metadataCharge('write')) };

/** What a client reads first: where the account can be read and written, and its consistency. */
export function accountHandler(service: Service): Reply {
  const locations = [{ name: region, databaseAccountEndpoint: service.endpoint() }];
  const body = {
    _self: '',
    id: 'local',
    _rid: 'local',
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: locations,
    readableLocations: locations,
    enableMultipleWriteLocations: false,
    continuousBackupEnabled: false,
    enableNRegionSynchronousCommit: false,
    enablePerPartitionFailoverBehavior: false,
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 3, maxReplicasetSize: 4 },
    userConsistencyPolicy: { defaultConsistencyLevel: 'BoundedStaleness' },
    systemReplicationPolicy: { minReplicaSetSize: 3, maxReplicasetSize: 4 },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration:
      '{"maxSqlQueryInputLength":262144,"maxJoinsPerSqlQuery":5,"sqlAllowAggregateFunctions":true}',
  };
  return reply(200, JSON.stringify(body), readCost);
}

function databaseBody(database: Database): JsonObject {
  const self = `dbs/${database.rid}/`;
  return {
    id: database.id,
    _rid: database.rid,
    _self: self,
    _etag: database.etag,
    _colls: 'colls/',
    _users: 'users/',
    _ts: database.ts,
  };
}

function containerSelf(container: Container): string {
  return `dbs/${container.databaseRid}/colls/${container.rid}/`;
}

function containerBody(container: Container): JsonObject {
  return {
    ...container.definition,
    _rid: container.rid,
    _ts: container.ts,
    _self: containerSelf(container),
    _etag: container.etag,
    _docs: 'docs/',
    _sprocs: 'sprocs/',
    _triggers: 'triggers/',
    _udfs: 'udfs/',
    _conflicts: 'conflicts/',
  };
}

/** A list of resources; a POST filters it by a query. */
function listReply(call: Call, name: string, rid: string, all: readonly JsonObject[]): Reply {
  const found = call.method === 'POST' ? filtered(call, all) : all;
  return reply(200, JSON.stringify({ _rid: rid, [name]: found, _count: found.length }), {
    ...readCost,
    'x-ms-item-count': String(found.length),
  });
}

function filtered(call: Call, all: readonly JsonObject[]): readonly Json[] {
  const body = jsonBody(call);
  const text = isObject(body) ? body['query'] : undefined;
  if (!isObject(body) || typeof text !== 'string') throw badRequest("The request body has no 'query'.");
  const program = compileQuery(parseQuery(text), parametersOf(body['parameters']));
  const rows = all.flatMap(resource => program.rows(resource));
  return program.grouped
    ? collected(program, rows)
    : rows.map(program.project).filter(value => value !== undefined);
}

function isQuery(call: Call): boolean {
  return call.header('content-type')?.startsWith('application/query+json') ?? false;
}

/** `/dbs`: list, query and create databases. */
export function databasesHandler(service: Service, call: Call): Reply {
  if (call.method === 'POST' && !isQuery(call)) {
    const made = service.catalog.createDatabase(jsonBody(call), seconds(call));
    return reply(201, JSON.stringify(databaseBody(made)), { ...writeCost, etag: made.etag });
  }
  return listReply(call, 'Databases', '', service.catalog.databases().map(databaseBody));
}

/** `/dbs/{id}`: read and delete a database. */
export function databaseHandler(service: Service, call: Call, id: string): Reply {
  if (call.method === 'DELETE') {
    service.catalog.deleteDatabase(id);
    return reply(204, '', writeCost);
  }
  const database = service.catalog.database(id);
  return reply(200, JSON.stringify(databaseBody(database)), { ...readCost, etag: database.etag });
}

function askedThroughput(call: Call): number {
  const autoscale = call.header('x-ms-cosmos-offer-autopilot-settings');
  if (autoscale !== undefined) {
    const settings = clientJson(autoscale);
    return isObject(settings) ? Number(settings['maxThroughput'] ?? 1000) : 1000;
  }
  return Number(call.header('x-ms-offer-throughput') ?? 400);
}

/** `/dbs/{id}/colls`: list, query and create containers. */
export function containersHandler(service: Service, call: Call, databaseId: string): Reply {
  if (call.method === 'POST' && !isQuery(call)) {
    const made = service.catalog.createContainer(
      databaseId,
      jsonBody(call),
      askedThroughput(call),
      seconds(call),
    );
    return reply(201, JSON.stringify(containerBody(made)), {
      ...writeCost,
      ...ownerHeaders(made),
      etag: made.etag,
    });
  }
  const database = service.catalog.database(databaseId);
  return listReply(
    call,
    'DocumentCollections',
    database.rid,
    service.catalog.list(databaseId).map(containerBody),
  );
}

/** `/dbs/{id}/colls/{id}`: read, replace and delete a container. */
export function containerHandler(service: Service, call: Call, container: Container): Reply {
  if (call.method === 'DELETE') {
    service.catalog.deleteContainer(container.databaseId, container.id);
    return reply(204, '', writeCost);
  }
  const replaced = call.method === 'PUT';
  const shown = replaced
    ? service.catalog.replaceContainer(container, jsonBody(call), call.header('if-match'), seconds(call))
    : container;
  const cost = replaced ? writeCost : readCost;
  return reply(200, JSON.stringify(containerBody(shown)), {
    ...cost,
    ...ownerHeaders(shown),
    etag: shown.etag,
  });
}

/** `/dbs/{id}/colls/{id}/pkranges`: the physical partitions. */
export function rangesHandler(container: Container): Reply {
  const ranges = container.ranges.map(range => {
    const rid = childRid(container.rid, Number(range.id) + 1);
    return {
      _rid: rid,
      id: range.id,
      _etag: container.etag,
      minInclusive: range.min,
      maxExclusive: range.max,
      ridPrefix: Number(range.id),
      _self: `${containerSelf(container)}pkranges/${rid}/`,
      throughputFraction: 1 / container.ranges.length,
      status: 'online',
      parents: range.parents,
      _ts: container.ts,
      _lsn: container.lsn,
    };
  });
  const body = { _rid: container.rid, PartitionKeyRanges: ranges, _count: ranges.length };
  return reply(200, JSON.stringify(body), {
    ...readCost,
    ...ownerHeaders(container),
    'x-ms-item-count': String(ranges.length),
  });
}

function offerBody(service: Service, container: Container): JsonObject {
  const id = container.rid.slice(0, 4).toLowerCase() + String(container.number);
  return {
    resource: containerSelf(container),
    offerType: 'Invalid',
    offerResourceId: container.rid,
    offerVersion: 'V2',
    content: {
      offerThroughput: service.catalog.throughput(container),
      offerMinimumThroughputParameters: { maxThroughputEverProvisioned: 400 },
    },
    id,
    _rid: id,
    _self: `offers/${id}/`,
    _etag: container.etag,
    _ts: container.ts,
  };
}

/** `/offers` and `/offers/{id}`: the throughput of containers. */
export function offersHandler(service: Service, call: Call, id: string | undefined): Reply {
  const all = service.catalog.all();
  if (id === undefined)
    return listReply(
      call,
      'Offers',
      '',
      all.map(container => offerBody(service, container)),
    );
  const container = all.find(one => offerBody(service, one)['id'] === id);
  if (container === undefined) throw notFound();
  if (call.method === 'PUT') {
    const body = jsonBody(call);
    const content = isObject(body) && isObject(body['content']) ? body['content'] : {};
    const throughput = Number(content['offerThroughput']);
    if (!Number.isInteger(throughput) || throughput < 400 || throughput % 100 !== 0) {
      throw badRequest(
        'The offer should have valid throughput values between 400 and 1000000 inclusive in increments of 100.',
      );
    }
    service.catalog.setThroughput(container, throughput);
  }
  return reply(200, JSON.stringify(offerBody(service, container)), readCost);
}
