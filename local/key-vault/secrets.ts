import { backups, type Vault } from './backup.ts';
import { type Call, checkedName, mergeAttributes, mergeTags, type Reply } from './call.ts';
import { idOf, lifecycle, type WireShape, wireAttributes } from './lifecycle.ts';
import { badParameter, methodNotAllowed, notAllowedOn } from './refusals.ts';
import { Store, type Version } from './store.ts';

type Secret = { readonly value: string; readonly contentType?: string };

/** Key Vault holds secrets of at most 25 KB. */
const MAX_VALUE_BYTES = 25_600;

/** Answers `/secrets…` and `/deletedsecrets…`. */
export function secretRoutes({ database, purgeProtection, seal }: Vault): (call: Call) => Reply {
  const store = new Store<Secret>(database, 'secrets');

  function item({ body, attributes, tags }: Version<Secret>, id: string): object {
    const contentType = body.contentType === undefined ? {} : { contentType: body.contentType };
    return {
      ...contentType,
      id,
      attributes: wireAttributes(attributes, purgeProtection),
      ...(tags && { tags }),
    };
  }

  function bundle(call: Call, version: Version<Secret>): object {
    return {
      value: version.body.value,
      ...item(version, idOf(call, 'secrets', version.name, version.version)),
    };
  }

  const shape: WireShape<Secret> = { kind: 'secrets', bundle, item };
  const common = lifecycle(store, shape, purgeProtection);
  const { backup, restore } = backups(store, shape, seal);

  function set(call: Call, name: string): Reply {
    return { status: 200, body: bundle(call, store.add(name, newSecret(call))) };
  }

  function get(call: Call, name: string, id: string): Reply {
    const version = store.get(name, id);
    if (!version.attributes.enabled) throw notAllowedOn('secrets', 'get', 'disabled');
    return { status: 200, body: bundle(call, version) };
  }

  function update(call: Call, name: string, id: string): Reply {
    const old = store.get(name, id);
    const { contentType, attributes, tags } = call.body;
    const changed = {
      ...old,
      attributes: mergeAttributes(attributes, old.attributes, call.nowSeconds),
      ...mergeTags(tags, old.tags),
      body: { ...old.body, ...(typeof contentType === 'string' ? { contentType } : {}) },
    };
    store.replace(changed);
    return { status: 200, body: item(changed, idOf(call, 'secrets', name, changed.version)) };
  }

  function post(call: Call, name: string, action: string): Reply {
    if (name === 'restore' && action === '') return restore(call);
    if (action === 'backup') return backup(name);
    throw methodNotAllowed(call.method);
  }

  return call => {
    const [collection, name, version = ''] = call.segments;
    if (collection === 'deletedsecrets') return common.deleted(call);
    if (name === undefined) return common.list(call);
    checkedName(name);
    if (version === 'versions' && call.method === 'GET') return common.versions(call, name);
    switch (call.method) {
      case 'GET':
        return get(call, name, version);
      case 'PUT':
        return set(call, name);
      case 'POST':
        return post(call, name, version);
      case 'PATCH':
        return update(call, name, version);
      case 'DELETE':
        return common.remove(call, name);
      default:
        throw methodNotAllowed(call.method);
    }
  };
}

function newSecret(call: Call): Omit<Version<Secret>, 'name' | 'version'> {
  const { value, contentType, attributes, tags } = call.body;
  if (typeof value !== 'string') throw badParameter('The request body must contain a secret value.');
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
    throw badParameter(`Secret values are limited to ${MAX_VALUE_BYTES} bytes.`);
  return {
    attributes: mergeAttributes(attributes, undefined, call.nowSeconds),
    ...mergeTags(tags),
    body: { value, ...(typeof contentType === 'string' ? { contentType } : {}) },
  };
}
