import type { Database } from './catalog.ts';
import { metadataCharge } from './charge.ts';
import type { Container } from './container.ts';
import { nextRangeId } from './container.ts';
import { methodNotAllowed, preconditionFailed } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { isQuery, isTrue, jsonBody, reply, seconds } from './http.ts';
import type { JsonObject } from './json.ts';
import { listReply } from './lists.ts';
import { askedThroughput } from './offer-handlers.ts';
import { childRid } from './rid.ts';
import type { Service } from './service.ts';
import { ownerHeaders } from './service.ts';
import { mostQueryBytes } from './sql/lexer.ts';

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
    queryEngineConfiguration: JSON.stringify({
      maxSqlQueryInputLength: mostQueryBytes,
      maxJoinsPerSqlQuery: 10,
      maxUdfRefPerSqlQuery: 10,
      maxInExpressionItemsCount: 16_000,
      sqlAllowAggregateFunctions: true,
      sqlAllowSubQuery: true,
      sqlAllowScalarSubQuery: true,
      sqlAllowLike: true,
      sqlAllowGroupByClause: true,
      sqlAllowTop: true,
    }),
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

/** `/dbs`: list, query and create databases. */
export function databasesHandler(service: Service, call: Call): Reply {
  if (call.method === 'POST' && !isQuery(call)) {
    const made = service.catalog.createDatabase(jsonBody(call), askedThroughput(call), seconds(call));
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
  if (call.method !== 'GET') throw methodNotAllowed(call.method);
  const database = service.catalog.database(id);
  return reply(200, JSON.stringify(databaseBody(database)), { ...readCost, etag: database.etag });
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
  const bodies = service.catalog.list(databaseId).map(containerBody);
  return listReply(call, 'DocumentCollections', service.catalog.database(databaseId).rid, bodies);
}

/** `/dbs/{id}/colls/{id}`: read, replace and delete a container. */
export function containerHandler(service: Service, call: Call, databaseId: string, id: string): Reply {
  const container = service.catalog.containerItself(databaseId, id);
  const tag = call.header('if-match');
  if (call.method === 'DELETE') {
    if (tag !== undefined && tag !== '*' && tag !== container.etag) throw preconditionFailed();
    service.catalog.deleteContainer(container.databaseId, container.id);
    return reply(204, '', writeCost);
  }
  const replaced = call.method === 'PUT';
  if (!replaced && call.method !== 'GET') throw methodNotAllowed(call.method);
  const shown = replaced
    ? service.catalog.replaceContainer(container, jsonBody(call), tag, seconds(call))
    : container;
  const headers = {
    ...(replaced ? writeCost : readCost),
    ...ownerHeaders(shown),
    ...quotaHeaders(service, call, shown),
    'x-ms-documentdb-collection-index-transformation-progress': '100',
    etag: shown.etag,
  };
  if (!replaced && call.header('if-none-match') === shown.etag) return reply(304, '', headers);
  return reply(200, JSON.stringify(containerBody(shown)), headers);
}

function quotaHeaders(service: Service, call: Call, container: Container): Record<string, string> {
  if (!isTrue(call.header('x-ms-documentdb-populatequotainfo'))) return {};
  const { count, kilobytes } = service.items.usage(container);
  const usage = {
    documentSize: 0,
    documentsSize: kilobytes,
    documentsCount: count,
    collectionSize: kilobytes,
  };
  const text = Object.entries(usage).map(([name, value]) => `${name}=${value}`);
  return {
    'x-ms-resource-quota':
      'documentSize=10240;documentsSize=10485760;documentsCount=-1;collectionSize=10485760;',
    'x-ms-resource-usage': `${text.join(';')};`,
  };
}

/**
 * `/dbs/{id}/colls/{id}/pkranges`: the physical partitions. SDKs of other languages read it as a change feed until 304, and
 * later what is new since its tag (Azure/azure-sdk-for-go#26777, Azure/azure-sdk-for-python#47245).
 */
export function rangesHandler(call: Call, container: Container): Reply {
  const incremental = call.header('a-im')?.toLowerCase() === 'incremental feed';
  const [, known] = /^"?(\d+)"?$/.exec((incremental && call.header('if-none-match')) || '') ?? [];
  const added = container.ranges.filter(range => known === undefined || Number(range.id) >= Number(known));
  const head = {
    ...readCost,
    ...ownerHeaders(container),
    ...(incremental ? { etag: `"${nextRangeId(container)}"` } : {}),
    'x-ms-item-count': String(added.length),
  };
  if (incremental && added.length === 0) return reply(304, '', head);
  const ranges = added.map(range => {
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
  return reply(200, JSON.stringify(body), head);
}
