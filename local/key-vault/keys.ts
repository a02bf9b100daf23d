import { backups, type Vault } from './backup.ts';
import { type Call, checkedName, isRecord, mergeAttributes, mergeTags, type Reply } from './call.ts';
import { decrypt, encrypt, type PrivateKey, sign, verify } from './cryptography.ts';
import { generateKey, generateLike, importKey, publicJwk } from './key-material.ts';
import { idOf, lifecycle, type WireShape, wireAttributes } from './lifecycle.ts';
import {
  badParameter,
  methodNotAllowed,
  notAllowedOn,
  notImplemented,
  operationNotPermitted,
} from './refusals.ts';
import { rotationPolicy, setRotationPolicy } from './rotation-policy.ts';
import { Store, type Version } from './store.ts';

type Key = { readonly operations: readonly string[]; readonly material: PrivateKey };

const SIGNING = ['sign', 'verify'];
const ENCRYPTING = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
/** These work with an expired key too: what it once protected must stay readable. */
const ALLOWED_WHEN_EXPIRED = ['decrypt', 'unwrapKey', 'verify'];
/** Path segments are in lower case, key operations in camel case. */
const OPERATIONS: Readonly<Record<string, string>> = {
  sign: 'sign',
  verify: 'verify',
  encrypt: 'encrypt',
  decrypt: 'decrypt',
  wrapkey: 'wrapKey',
  unwrapkey: 'unwrapKey',
};

/** Answers `/keys…` and `/deletedkeys…`. */
export function keyRoutes({ database, purgeProtection, seal }: Vault): (call: Call) => Reply {
  const store = new Store<Key>(database, 'keys');

  function item({ attributes, tags }: Version<Key>, kid: string): object {
    return { kid, attributes: wireAttributes(attributes, purgeProtection), ...(tags && { tags }) };
  }

  function bundle(call: Call, { name, version, attributes, tags, body }: Version<Key>): object {
    const key = {
      kid: idOf(call, 'keys', name, version),
      key_ops: body.operations,
      ...publicJwk(body.material),
    };
    return { key, attributes: wireAttributes(attributes, purgeProtection), ...(tags && { tags }) };
  }

  const shape: WireShape<Key> = { kind: 'keys', bundle, item };
  const common = lifecycle(store, shape, purgeProtection);
  const { backup, restore } = backups(store, shape, seal);

  function add(call: Call, name: string, material: PrivateKey, keyOps: unknown): Reply {
    return { status: 200, body: bundle(call, store.add(name, newKey(call, material, keyOps))) };
  }

  function rotate(call: Call, name: string): Reply {
    const { tags, body } = store.get(name, '');
    const version = store.add(name, {
      attributes: mergeAttributes(undefined, undefined, call.nowSeconds),
      ...mergeTags(tags),
      body: { operations: body.operations, material: generateLike(body.material) },
    });
    return { status: 200, body: bundle(call, version) };
  }

  function update(call: Call, name: string, id: string): Reply {
    const old = store.get(name, id);
    const changed = {
      ...old,
      attributes: mergeAttributes(call.body['attributes'], old.attributes, call.nowSeconds),
      ...mergeTags(call.body['tags'], old.tags),
      body: { ...old.body, operations: operationsOf(call.body['key_ops']) ?? old.body.operations },
    };
    store.replace(changed);
    return { status: 200, body: bundle(call, changed) };
  }

  function put(call: Call, name: string, action: string): Reply {
    if (action === 'rotationpolicy') return setRotationPolicy(call, store, name);
    const jwk = call.body['key'];
    if (!isRecord(jwk)) throw badParameter('The request body must contain a key.');
    checkRelease(call);
    return add(call, name, importKey(jwk), jwk['key_ops']);
  }

  function post(call: Call, name: string): Reply {
    const action = call.segments.at(-1) ?? '';
    if (name === 'restore' && call.segments.length === 2) return restore(call);
    if (action === 'backup' && call.segments.length === 3) return backup(name);
    if (action === 'create') {
      checkRelease(call);
      return add(call, name, generateKey(call.body), call.body['key_ops']);
    }
    if (action === 'rotate') return rotate(call, name);
    const operation = OPERATIONS[action];
    if (operation === undefined) throw methodNotAllowed(call.method);
    return operate(call, store, operation, name, call.segments.length > 3 ? (call.segments[2] ?? '') : '');
  }

  return call => {
    const [collection, name, version = ''] = call.segments;
    if (collection === 'deletedkeys') return common.deleted(call);
    if (name === undefined) return common.list(call);
    checkedName(name);
    if (call.method === 'POST') return post(call, name);
    if (call.method === 'PUT') return put(call, name, version);
    if (call.method === 'PATCH') return update(call, name, version);
    if (call.method === 'DELETE') return common.remove(call, name);
    if (version === 'versions') return common.versions(call, name);
    if (version === 'rotationpolicy') return rotationPolicy(call, store, name);
    return { status: 200, body: bundle(call, store.get(name, version)) };
  };
}

function newKey(call: Call, material: PrivateKey, keyOps: unknown): Omit<Version<Key>, 'name' | 'version'> {
  const { attributes, tags } = call.body;
  return {
    attributes: mergeAttributes(attributes, undefined, call.nowSeconds),
    ...mergeTags(tags),
    body: { operations: operationsOf(keyOps) ?? defaultOperations(material), material },
  };
}

/** https://learn.microsoft.com/azure/key-vault/keys/policy-grammar; in these words: Azure/azure-sdk-for-python#29945, Azure/azure-cli#28288 */
function checkRelease({ body }: Call): void {
  const exportable = isRecord(body['attributes']) && body['attributes']['exportable'] === true;
  const policy = body['release_policy'] ?? undefined;
  if (exportable && policy === undefined)
    throw badParameter('AKV.SKR.1004: Exportable keys must have release policy.');
  if (!exportable && policy !== undefined)
    throw badParameter('AKV.SKR.1005: Non-exportable keys must not have release policy.');
  if (exportable) throw notImplemented('key release');
}

function operate(call: Call, store: Store<Key>, operation: string, name: string, id: string): Reply {
  const { version, attributes, body } = store.get(name, id);
  if (!attributes.enabled) throw notAllowedOn('keys', operation, 'disabled');
  if ((attributes.nbf ?? 0) > call.nowSeconds) throw notAllowedOn('keys', operation, 'not yet valid');
  const isExpired = (attributes.exp ?? Number.POSITIVE_INFINITY) <= call.nowSeconds;
  if (isExpired && !ALLOWED_WHEN_EXPIRED.includes(operation))
    throw notAllowedOn('keys', operation, 'expired');
  if (!body.operations.includes(operation)) throw operationNotPermitted(operation);
  const algorithm = String(call.body['alg']);
  const value = bytesOf(call.body['value'], 'value');
  const { material } = body;
  if (operation === 'verify') {
    return {
      status: 200,
      body: { value: verify(material, algorithm, bytesOf(call.body['digest'], 'digest'), value) },
    };
  }
  const compute =
    operation === 'sign' ? sign : operation === 'encrypt' || operation === 'wrapKey' ? encrypt : decrypt;
  const result = compute(material, algorithm, value).toString('base64url');
  return { status: 200, body: { kid: idOf(call, 'keys', name, version), value: result } };
}

function defaultOperations(material: PrivateKey): readonly string[] {
  return material.kty.startsWith('EC') ? SIGNING : [...ENCRYPTING, ...SIGNING];
}

function operationsOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const known = [...SIGNING, ...ENCRYPTING, 'import', 'export'];
  if (Array.isArray(value) && value.every(item => known.includes(item))) return value;
  throw badParameter('Property key_ops has invalid value.');
}

function bytesOf(value: unknown, property: string): Buffer {
  if (typeof value !== 'string' || value === '') throw badParameter(`Property ${property} is required.`);
  return Buffer.from(value, 'base64url');
}
