import { metadataCharge } from './charge.ts';
import { badRequest, notFound, preconditionFailed } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { clientJson, isTrue, jsonBody, reply, seconds } from './http.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import { listReply } from './lists.ts';
import type { Offer, Throughput } from './offers.ts';
import type { Service } from './service.ts';

const mostOfAutoscale = (value: Json | undefined): number =>
  isObject(value) ? Number(value['maxThroughput']) : Number.NaN;

/** The throughput that a creating request asks for, in its headers; undefined when it asks for none. */
export function askedThroughput(call: Call): Throughput | undefined {
  const autoscale = call.header('x-ms-cosmos-offer-autopilot-settings');
  const manual = call.header('x-ms-offer-throughput');
  if (autoscale !== undefined && manual !== undefined)
    throw badRequest('Message: {"Errors":["Throughput and autoscale settings exclude each other."]}');
  if (autoscale !== undefined) return { kind: 'autoscale', units: mostOfAutoscale(clientJson(autoscale)) };
  return manual === undefined ? undefined : { kind: 'manual', units: Number(manual) };
}

/** The link of the database or container that an offer is for, by resource ids. */
function resourceOf(service: Service, rid: string): string {
  const container = service.catalog.all().find(one => one.rid === rid);
  return container === undefined ? `dbs/${rid}/` : `dbs/${container.databaseRid}/colls/${rid}/`;
}

function offerBody(service: Service, offer: Offer): JsonObject {
  const { id, resourceRid, throughput } = offer;
  const content =
    throughput.kind === 'manual'
      ? { offerThroughput: throughput.units }
      : {
          offerThroughput: throughput.units / 10,
          offerAutopilotSettings: { maxThroughput: throughput.units },
        };
  return {
    resource: resourceOf(service, resourceRid),
    offerType: 'Invalid',
    offerResourceId: resourceRid,
    offerVersion: 'V2',
    content: { ...content, offerIsRUPerMinuteThroughputEnabled: false },
    id,
    _rid: id,
    _self: `offers/${id}/`,
    _etag: offer.etag,
    _ts: offer.ts,
  };
}

/** What a replacement asks for. Going from manual to autoscale or back needs the header that says so. */
function replacement(call: Call, offer: Offer): Throughput {
  const { kind, units } = offer.throughput;
  if (isTrue(call.header('x-ms-cosmos-migrate-offer-to-autopilot')))
    return { kind: 'autoscale', units: Math.max(1000, Math.ceil(units / 1000) * 1000) };
  if (isTrue(call.header('x-ms-cosmos-migrate-offer-to-manual-throughput'))) return { kind: 'manual', units };
  const body = jsonBody(call);
  if (!isObject(body) || body['id'] !== offer.id || body['_rid'] !== offer.id)
    throw badRequest(
      'Message: {"Errors":["The id and the resource id of the offer are not those of its link."]}',
    );
  const content = isObject(body['content']) ? body['content'] : {};
  const autoscale = content['offerAutopilotSettings'];
  if ((autoscale !== undefined) !== (kind === 'autoscale'))
    throw badRequest(
      'Message: {"Errors":["An offer cannot be replaced between manual and autoscale throughput without migrating it."]}',
    );
  return {
    kind,
    units: kind === 'autoscale' ? mostOfAutoscale(autoscale) : Number(content['offerThroughput']),
  };
}

/** `/offers` and `/offers/{id}`: the throughput of databases and containers. */
export function offersHandler(service: Service, call: Call, id: string | undefined): Reply {
  const { offers } = service.catalog;
  if (id === undefined) {
    const all = offers.all().map(offer => offerBody(service, offer));
    return listReply(call, 'Offers', '', all);
  }
  const offer = offers.find(id);
  if (offer === undefined)
    throw /^[\w+-]{4}$/.test(id) ? notFound() : badRequest('The resource id of the offer is invalid.');
  if (call.method === 'PUT') {
    const tag = call.header('if-match');
    if (tag !== undefined && tag !== '*' && tag !== offer.etag) throw preconditionFailed();
    offers.set(offer.resourceRid, replacement(call, offer), seconds(call));
  }
  const shown = offers.find(id) ?? offer;
  const charge = metadataCharge(call.method === 'PUT' ? 'write' : 'read');
  return reply(200, JSON.stringify(offerBody(service, shown)), {
    'x-ms-request-charge': String(charge),
    etag: shown.etag,
  });
}
