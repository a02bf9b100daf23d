import makeRouter, { type HTTPMethod } from 'find-my-way';
import { type Endpoint, fullPath, type Method } from './endpoint.ts';
import { httpFault } from './faults.ts';

export type Route = { readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> };
export type Router = {
  find(method: string, path: string): Route | { readonly refusal: Error };
  allowed(path: string): readonly string[];
};

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The endpoint table as a router. Unknown paths are 404, known paths with another method 405 with `Allow`. */
export function endpointRouter(endpoints: readonly Endpoint[]): Router {
  const routes = makeRouter({ ignoreTrailingSlash: true, maxParamLength: 200 });
  for (const endpoint of endpoints) {
    routes.on(endpoint.method, fullPath(endpoint), () => undefined, endpoint);
  }
  const allowed = (path: string): readonly string[] => {
    const methods = METHODS.filter(method => routes.find(method, path) !== null);
    return methods.includes('GET')
      ? ['HEAD', ...methods, 'OPTIONS']
      : methods.length > 0
        ? [...methods, 'OPTIONS']
        : [];
  };
  return {
    allowed,
    find: (method, path) => {
      const found = routes.find((method === 'HEAD' ? 'GET' : method) as HTTPMethod, path);
      if (found !== null) return { endpoint: found.store as Endpoint, params: definedParams(found.params) };
      const others = allowed(path);
      if (others.length === 0) return { refusal: httpFault('platform.route_unknown') };
      return { refusal: httpFault('platform.method_not_allowed', { allow: others.join(', ') }) };
    },
  };
}

function definedParams(
  params: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
