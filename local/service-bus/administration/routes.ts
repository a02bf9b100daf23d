import { decodedPath } from '../../http.ts';
import type { Bus } from '../bus.ts';
import type { Entity, NamedKind } from '../entity.ts';
import { entityNotFound, Refusal } from '../refusals.ts';
import type { Rule } from '../rules.ts';
import { descriptionNamespaces, type Entry, writeEntry, writeFeed } from './atom.ts';
import { entityEntry, namespaceEntry } from './describe.ts';
import { type AuthorizeTarget, createEntity, deleteEntity, updateEntity } from './operations.ts';
import { readRule, ruleContent } from './rules.ts';
import { child, type Node, readXml } from './xml.ts';

type Request = {
  readonly method: string;
  readonly url: URL;
  readonly ifMatch: string | undefined;
  readonly body: string;
  readonly authorizeTarget: AuthorizeTarget;
};

export type Answer = { readonly status: number; readonly body: string; readonly etag?: string };

/** Entries on a page when the client does not say, and at most. */
const pageSize = 100;

const rulePath = /^(.+\/subscriptions\/[^/]+)\/rules\/([^/]+)$/i;
const subscriptionPath = /^.+\/subscriptions\/[^/]+$/i;

/** Carries out a request. Throws a Refusal. */
export async function route(bus: Bus, request: Request): Promise<Answer> {
  const path = decodedPath(request.url.pathname)?.replace(/^\/+|\/+$/g, '');
  if (path === undefined) throw new Refusal('argument-error', 'The path is not well encoded.');
  if (request.method === 'GET' && path.toLowerCase() === '$namespaceinfo') return namespace(bus, request);
  const list = request.method === 'GET' ? listed(bus, path, request) : undefined;
  if (list !== undefined) return list;
  const rule = rulePath.exec(path);
  if (rule !== null) return onRule(bus, request, rule[1] ?? '', rule[2] ?? '');
  return onEntity(bus, request, path);
}

function namespace(bus: Bus, { url }: Request): Answer {
  const oldest = Math.min(...[...bus.entities.all()].map(entity => entity.times.createdAt), bus.clock.now());
  return { status: 200, body: writeEntry(namespaceEntry(baseOf(url), url.hostname, oldest)) };
}

function listed(bus: Bus, path: string, { url }: Request): Answer | undefined {
  const key = path.toLowerCase();
  const kind = { '$resources/queues': 'queue', '$resources/topics': 'topic' }[key];
  if (kind !== undefined) {
    const found = [...bus.entities.all()].filter(entity => entity.kind === kind);
    return page(url, byPath(found), entity => entityEntry(bus, entity, baseOf(url)));
  }
  if (key.endsWith('/subscriptions')) {
    const topic = bus.entities.resolve(path.slice(0, -'/subscriptions'.length));
    return page(url, byPath(topic.subscriptions), entity => entityEntry(bus, entity, baseOf(url)));
  }
  if (!/\/subscriptions\/[^/]+\/rules$/.test(key)) return undefined;
  const subscription = bus.entities.resolve(path.slice(0, -'/rules'.length));
  return page(url, bus.rules.of(subscription), rule => ruleEntry(subscription, rule, baseOf(url)));
}

async function onEntity(bus: Bus, request: Request, path: string): Promise<Answer> {
  const { url, method, ifMatch } = request;
  const found = bus.entities.find(path);
  const entity = found?.isSubqueue === true ? undefined : found;
  if (method === 'GET') {
    if (entity !== undefined) return entityAnswer(bus, entity, url, 200);
    if (subscriptionPath.test(path)) throw entityNotFound(path);
    // The service answers for a queue or topic that is not there with an empty list; SDKs make a "not found" of it.
    return { status: 200, body: writeFeed('Publicly Listed Services', url.href, []) };
  }
  if (method === 'DELETE') {
    if (entity === undefined) throw entityNotFound(path);
    deleteEntity(bus, entity);
    return { status: 200, body: '' };
  }
  if (method !== 'PUT') throw new Refusal('not-allowed', `The method ${method} is not known here.`);
  const { kind, description } = await readDescription(request.body);
  if (kind === undefined || (kind === 'subscription') !== subscriptionPath.test(path))
    throw new Refusal('argument-error', 'The entry must have the description of what its address names.');
  if (ifMatch === undefined)
    return entityAnswer(bus, createEntity(bus, kind, path, description, request.authorizeTarget), url, 201);
  const existing = bus.entities.find(path);
  if (existing?.kind !== kind) throw entityNotFound(path);
  if (ifMatch !== '*' && ifMatch !== etagOf(existing)) {
    throw new Refusal('precondition-failed', `The ETag of '${path}' is not ${ifMatch}.`);
  }
  updateEntity(bus, existing, kind, description, request.authorizeTarget);
  return entityAnswer(bus, existing, url, 200);
}

async function onRule(bus: Bus, request: Request, path: string, name: string): Promise<Answer> {
  const subscription = bus.entities.resolve(path);
  if (request.method === 'GET') {
    return ruleAnswer(subscription, bus.rules.find(subscription, name), request.url, 200);
  }
  if (request.method === 'DELETE') {
    bus.rules.remove(subscription, name);
    return { status: 200, body: '' };
  }
  if (request.method !== 'PUT') {
    throw new Refusal('not-allowed', `The method ${request.method} is not known here.`);
  }
  const { name: given, description } = await readDescription(request.body);
  if (given !== 'RuleDescription')
    throw new Refusal('argument-error', 'The entry must have the description of a rule.');
  const rule = readRule(description, name);
  const isNew = request.ifMatch === undefined;
  if (isNew) bus.rules.add(subscription, rule);
  else bus.rules.replace(subscription, rule);
  return ruleAnswer(subscription, bus.rules.find(subscription, name), request.url, isNew ? 201 : 200);
}

async function readDescription(
  body: string,
): Promise<{ name: string; kind: NamedKind | undefined; description: Node }> {
  const content = child(child(await parse(body), 'entry'), 'content');
  const name = Object.keys(content).find(key => key.endsWith('Description')) ?? '';
  const kinds: Readonly<Record<string, NamedKind>> = {
    QueueDescription: 'queue',
    TopicDescription: 'topic',
    SubscriptionDescription: 'subscription',
  };
  return { name, kind: kinds[name], description: child(content, name) };
}

async function parse(body: string): Promise<Node> {
  try {
    return await readXml(body);
  } catch (error) {
    throw new Refusal('argument-error', `Bad Request. The body is not XML. ${String(error)}`);
  }
}

function entityAnswer(bus: Bus, entity: Entity, url: URL, status: number): Answer {
  return { status, body: writeEntry(entityEntry(bus, entity, baseOf(url))), etag: etagOf(entity) };
}

function ruleAnswer(subscription: Entity, rule: Rule, url: URL, status: number): Answer {
  return { status, body: writeEntry(ruleEntry(subscription, rule, baseOf(url))) };
}

function ruleEntry(subscription: Entity, rule: Rule, base: string): Entry {
  return {
    url: `${base}${subscription.path}/Rules/${rule.name}?api-version=2021-05`,
    title: rule.name,
    createdAt: subscription.times.createdAt,
    updatedAt: subscription.times.updatedAt,
    description: { name: 'RuleDescription', attributes: descriptionNamespaces, content: ruleContent(rule) },
  };
}

function page<Item>(url: URL, all: readonly Item[], entryOf: (item: Item) => Entry): Answer {
  const skip = wholeNumber(url, '$skip', 0);
  const top = Math.min(wholeNumber(url, '$top', pageSize), pageSize);
  const next = new URL(url);
  next.searchParams.set('$skip', String(skip + top));
  next.searchParams.set('$top', String(top));
  const hasMore = skip + top < all.length;
  const entries = all.slice(skip, skip + top).map(entryOf);
  return { status: 200, body: writeFeed('Entities', url.href, entries, hasMore ? next.href : undefined) };
}

function wholeNumber(url: URL, name: string, otherwise: number): number {
  const given = url.searchParams.get(name);
  if (given === null) return otherwise;
  if (!/^\d+$/.test(given))
    throw new Refusal('argument-error', `The value '${given}' of ${name} is not valid.`);
  return Number(given);
}

function byPath(entities: readonly Entity[]): Entity[] {
  return entities.toSorted((a, b) => (a.path.toLowerCase() < b.path.toLowerCase() ? -1 : 1));
}

function etagOf(entity: Entity): string {
  return `"${entity.times.updatedAt}"`;
}

function baseOf(url: URL): string {
  return `https://${url.host}/`;
}
