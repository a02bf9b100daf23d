import { compileTemplate } from './route-matcher.ts';

export type RouteMatch<T> = { readonly target: T; readonly params: Record<string, string> };
/** Takes a decoded path, as `decodePath` returns it. */
export type Router<T> = (method: string, path: string) => RouteMatch<T> | undefined;

export type RouteDefinition<T> = {
  readonly name: string;
  /** The template as the trigger gave it; empty or undefined means the function's name. */
  readonly template: string | undefined;
  /** Upper case; undefined means every method. */
  readonly methods: readonly string[] | undefined;
  readonly target: T;
};

/**
 * Routes as the Functions host does: routes are tried in the order of the functions' names (so overlapping ones
 * are decided by the alphabet, Azure/azure-functions-host#9876), and a method that does not fit is no match. Throws a
 * plain Error that names a template which cannot be read.
 */
export function createRouter<T>(prefix: string, definitions: readonly RouteDefinition<T>[]): Router<T> {
  const sorted = definitions.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  const routes = sorted.map(definition => ({
    target: definition.target,
    methods: definition.methods === undefined ? undefined : new Set(definition.methods),
    match: compileTemplate(prefix, definition.template || definition.name),
  }));
  return (method, path) => {
    for (const route of routes) {
      if (route.methods !== undefined && !route.methods.has(method)) continue;
      const params = route.match(path);
      if (params !== undefined) return { target: route.target, params };
    }
    return undefined;
  };
}

/**
 * A request's path as Kestrel hands it on: decoded but for `%2F`, so that an escaped slash stays in its segment, and without
 * dot segments. A broken escape stays as it is.
 */
export function decodePath(path: string): string {
  const decoded = path.includes('%') ? path.replace(/(?:%[0-9a-f]{2})+/gi, decodeRun) : path;
  return decoded.includes('/.') ? withoutDots(decoded) : decoded;
}

function decodeRun(run: string): string {
  try {
    return run
      .split(/(%2f)/i)
      .map(piece => (/^%2f$/i.test(piece) ? piece : decodeURIComponent(piece)))
      .join('');
  } catch {
    return run;
  }
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') {
      if (kept.length > 1) kept.pop();
    } else if (segment !== '.') kept.push(segment);
  }
  return /\/\.{1,2}$/.test(path) ? `${kept.join('/')}/` : kept.join('/');
}
