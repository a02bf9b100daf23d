import { badRequest } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

type Mutable = null | boolean | number | string | Mutable[] | { [key: string]: Mutable };

type PatchBody = {
  readonly operations: readonly JsonObject[];
  readonly condition: string | undefined;
};

/** Reads a patch body: at most 10 operations. https://learn.microsoft.com/azure/cosmos-db/partial-document-update */
export function readPatch(body: Json | undefined): PatchBody {
  const given = Array.isArray(body)
    ? (body as readonly Json[])
    : isObject(body)
      ? body['operations']
      : undefined;
  if (!Array.isArray(given) || given.length === 0) throw badRequest('The patch request has no operations.');
  if (given.length > 10) {
    throw badRequest('Message: {"Errors":["The number of patch operations can\'t exceed \'10\'."]}');
  }
  const condition = isObject(body) ? body['condition'] : undefined;
  const operations = (given as readonly Json[]).map(operation => {
    if (!isObject(operation)) throw badRequest('A patch operation is not an object.');
    return operation;
  });
  return { operations, condition: typeof condition === 'string' ? condition : undefined };
}

function refused(at: number, message: string): Error {
  return badRequest(
    `Message: {"Errors":["For Operation(${at + 1}): ${message} Learn more: https://aka.ms/cosmosdbpatchdocs"]}`,
  );
}

function pointer(path: Json | undefined, at: number): readonly string[] {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw refused(at, 'The path of an operation must start with a slash.');
  return path
    .slice(1)
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

type Place = { readonly parent: Mutable[] | { [key: string]: Mutable }; readonly key: string };

const verbs: Readonly<Record<string, string>> = {
  add: 'Add',
  set: 'Set',
  replace: 'Replace',
  remove: 'Remove',
  incr: 'Increment',
  move: 'Move',
};

function placeOf(document: Mutable, path: readonly string[], at: number, op: string): Place {
  let parent = document;
  for (const name of path.slice(0, -1)) {
    const next = isContainer(parent) ? read({ parent, key: name }) : undefined;
    if (next === undefined || !isContainer(next)) {
      throw refused(
        at,
        `${verbs[op]} Operation can only create a child object of an existing node(array or object) and cannot create path recursively, no path found beyond: '${name}'.`,
      );
    }
    parent = next;
  }
  if (!isContainer(parent)) throw refused(at, 'The parent of the path is neither an object nor an array.');
  return { parent, key: path.at(-1) ?? '' };
}

function isContainer(value: Mutable): value is Mutable[] | { [key: string]: Mutable } {
  return typeof value === 'object' && value !== null;
}

function read({ parent, key }: Place): Mutable | undefined {
  if (Array.isArray(parent)) return isIndex(key) ? parent[Number(key)] : undefined;
  return Object.hasOwn(parent, key) ? parent[key] : undefined;
}

/** An index has no sign, no exponent and no zeros in front. */
function isIndex(key: string): boolean {
  return /^(?:0|[1-9]\d{0,15})$/.test(key);
}

function arrayIndex(length: number, key: string, at: number): number {
  const index = key === '-' ? length : Number(key);
  if ((key !== '-' && !isIndex(key)) || index > length) throw refused(at, 'The array index is out of range.');
  return index;
}

function put({ parent, key }: Place, value: Mutable, insert: boolean, at: number): void {
  // Defined, not assigned: a member may be called __proto__.
  if (!Array.isArray(parent))
    Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
  else parent.splice(arrayIndex(parent.length, key, at), insert ? 0 : 1, value);
}

function remove({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function existing(place: Place, at: number, verb: string): Mutable {
  const value = read(place);
  if (value === undefined)
    throw refused(at, `${verb} Operation only operates on an existing path, and the path does not exist.`);
  return value;
}

function increment(place: Place, by: Json | undefined, at: number): void {
  const old = read(place) ?? 0;
  if (typeof by !== 'number' || typeof old !== 'number')
    throw refused(at, 'Increment Operation only operates on numbers.');
  put(place, old + by, false, at);
}

type Change = (document: Mutable, place: Place, operation: JsonObject, at: number) => void;

/** A copy, because the value becomes a part of the document. */
function valueIn(operation: JsonObject): Mutable {
  return structuredClone(operation['value'] ?? null) as Mutable;
}

const changes: Readonly<Record<string, Change>> = {
  add: (_, place, operation, at) => put(place, valueIn(operation), true, at),
  set: (_, place, operation, at) => put(place, valueIn(operation), false, at),
  replace: (_, place, operation, at) => {
    existing(place, at, 'Replace');
    put(place, valueIn(operation), false, at);
  },
  remove: (_, place, __, at) => {
    existing(place, at, 'Remove');
    remove(place);
  },
  incr: (_, place, operation, at) => increment(place, operation['value'], at),
  move: (document, _, operation, at) => {
    const [source, target] = [pointer(operation['from'], at), pointer(operation['path'], at)];
    if (source.length < target.length && source.every((name, level) => name === target[level]))
      throw refused(at, 'The path of a Move Operation cannot be a child of the from path.');
    const from = placeOf(document, source, at, 'move');
    const moved = existing(from, at, 'Move');
    remove(from);
    put(placeOf(document, target, at, 'move'), moved, true, at);
  },
};

function apply(document: Mutable, operation: JsonObject, at: number): void {
  const op = String(operation['op']);
  const change = Object.hasOwn(changes, op) ? changes[op] : undefined;
  if (change === undefined) throw refused(at, `The operation '${op}' is not supported.`);
  if (operation['value'] === undefined && !['remove', 'move'].includes(op))
    throw refused(at, `${verbs[op]} Operation needs a value.`);
  change(document, placeOf(document, pointer(operation['path'], at), at, op), operation, at);
}

const untouchable = ['id', '_rid', '_self', '_etag', '_ts', '_attachments'];

/** Applies patch operations to a copy of the document; 400 for the first that cannot be applied. */
export function applyPatch(
  document: JsonObject,
  patch: PatchBody,
  keyPaths: readonly (readonly string[])[],
): JsonObject {
  const result = structuredClone(document) as { [key: string]: Mutable };
  for (const [at, operation] of patch.operations.entries()) {
    for (const member of ['path', 'from']) {
      const path = operation[member] === undefined ? [] : pointer(operation[member], at);
      const isKey = keyPaths.some(
        key =>
          path.length > 0 && path.length <= key.length && path.every((name, level) => name === key[level]),
      );
      if (isKey || untouchable.includes(path[0] ?? ''))
        throw refused(at, `The path '/${path.join('/')}' cannot be patched.`);
    }
    apply(result, operation, at);
  }
  return result;
}
