/** A compiled route of an HTTP function. */
export type Route<T> = {
  readonly target: T;
  readonly match: (path: string) => Record<string, string> | undefined;
};
export type RouteMatch<T> = { readonly target: T; readonly params: Record<string, string> };
export type Router<T> = (method: string, path: string) => RouteMatch<T> | undefined;

export type RouteDefinition<T> = {
  readonly name: string;
  /** The template as the trigger gave it; empty or undefined means the function's name. */
  readonly template: string | undefined;
  /** Upper case; undefined means every method. */
  readonly methods: readonly string[] | undefined;
  readonly target: T;
};

const constraints: Readonly<Record<string, RegExp>> = {
  int: /^-?\d{1,10}$/,
  long: /^-?\d{1,19}$/,
  bool: /^(true|false)$/i,
  alpha: /^[a-z]*$/i,
  guid: /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i,
  decimal: /^-?\d+(\.\d+)?$/,
};

/**
 * Routes as the Functions host does: routes are tried in the order of the functions' names (so overlapping ones
 * are decided by the alphabet, Azure/azure-functions-host#9876), a method that does not fit is no match, and
 * parameters are decoded but for `%2F`. Throws a plain Error that names a template which cannot be read.
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

type Parameter = {
  readonly name: string;
  readonly tests: readonly RegExp[];
  readonly fallback: string | undefined;
};

/** Compiles an ASP.NET Core route template: literals, `{name}`, `{name?}`, `{name=default}`, `{name:int}`, `{*rest}`. */
export function compileTemplate(prefix: string, template: string): Route<unknown>['match'] {
  const full = [prefix, template].filter(part => part !== '').join('/');
  if (/^\/|^~/.test(template)) throw new Error(`the route "${template}" may not begin with "/" or "~"`);
  if (/^\{\*\*?\w+\}$/.test(full)) return catchAll(full.replace(/[{}*]/g, ''));
  const parameters: Parameter[] = [];
  let pattern = '';
  for (const segment of full.split('/')) {
    const catching = /^\{(\*.*)\}$/.exec(segment);
    const single = /^\{[^{}]+\}$/.test(segment);
    const [source, optional] = compileSegment(segment, parameters, template);
    if (catching !== null) pattern += `(?:/${source})?`;
    else pattern += single && optional ? `(?:/${source})?` : `/${source}`;
  }
  const expression = new RegExp(`^${pattern}/?$`, 'i');
  return path => {
    const found = expression.exec(path);
    return found === null ? undefined : readParameters(parameters, found);
  };
}

// The common case of an app that routes by itself.
function catchAll(name: string): Route<unknown>['match'] {
  return path => (path === '/' || path === '' ? {} : { [name]: decode(path.slice(1)) });
}

function compileSegment(
  segment: string,
  parameters: Parameter[],
  template: string,
): [source: string, optional: boolean] {
  let source = '';
  let optional = false;
  for (const part of segment.split(/(\{[^{}]*\})/)) {
    const match = /^\{(\*{0,2})(\w+)((?::[^:=?]+)*)(?:=([^?]*))?(\?)?\}$/.exec(part);
    if (match === null) {
      if (/[{}]/.test(part)) throw new Error(`the route "${template}" cannot be read at "${part}"`);
      source += part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
      continue;
    }
    const [, star = '', name = '', tests = '', fallback, question] = match;
    parameters.push({ name, tests: readConstraints(tests, template), fallback });
    optional = question !== undefined || fallback !== undefined;
    source += star === '' ? '([^/]+?)' : '(.*)';
  }
  return [source, optional];
}

function readConstraints(text: string, template: string): RegExp[] {
  const names = text.split(':').filter(name => name !== '');
  return names.map(name => {
    const test = constraints[name];
    if (test === undefined)
      throw new Error(`the route "${template}" has the constraint "${name}", not supported here`);
    return test;
  });
}

function readParameters(
  parameters: readonly Parameter[],
  found: RegExpExecArray,
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, { name, tests, fallback }] of parameters.entries()) {
    const raw = found[index + 1];
    const value = raw === undefined || raw === '' ? fallback : decode(raw);
    if (value === undefined) continue;
    if (!tests.every(test => test.test(value))) return undefined;
    params[name] = value;
  }
  return params;
}

// A path keeps an escaped slash (PathString), so that it stays one segment; a broken escape stays as it is.
function decode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, run => {
    try {
      return run
        .split(/(%2f)/i)
        .map(piece => (/^%2f$/i.test(piece) ? piece : decodeURIComponent(piece)))
        .join('');
    } catch {
      return run;
    }
  });
}
