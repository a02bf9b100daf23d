import { parseTemplate, type RouteParameter, type RoutePart, type RouteSegment } from './route-template.ts';

/** Route values by name when the path fits, undefined when it does not. */
export type RouteMatcher = (path: string) => Record<string, string> | undefined;

/** A segment with how to read the values of its parameters, in their order, from a piece of a path. */
type Segment = {
  readonly parameters: readonly RouteParameter[];
  /** Whether it is one parameter and nothing else, which may be missing. */
  readonly isSingle: boolean;
  readonly read: (text: string) => readonly (string | undefined)[] | undefined;
};

/** What a route template takes, below a prefix (`TemplateMatcher`). Paths are decoded already. */
export function compileTemplate(prefix: string, template: string): RouteMatcher {
  if (/^[~/]/.test(template)) throw new Error(`the route "${template}" may not begin with "/" or "~"`);
  const parsed = parseTemplate([prefix, template].filter(part => part !== '').join('/'));
  const [only] = parsed[0] ?? [];
  if (parsed.length === 1 && typeof only === 'object' && isPlainCatchAll(only)) return catchAll(only.name);
  const segments = parsed.map(compileSegment);
  return path => matchPath(segments, path);
}

function isPlainCatchAll(parameter: RouteParameter): boolean {
  return parameter.isCatchAll && parameter.constraints.length === 0 && parameter.fallback === undefined;
}

// The common case of an app that routes by itself.
function catchAll(name: string): RouteMatcher {
  return path => (path === '/' || path === '' ? {} : { [name]: path.slice(1) });
}

function compileSegment(segment: RouteSegment): Segment {
  const parameters = segment.filter(part => typeof part === 'object');
  const [first] = segment;
  if (segment.length === 1 && typeof first === 'string') {
    const literal = first.toLowerCase();
    return { parameters, isSingle: false, read: text => (text.toLowerCase() === literal ? [] : undefined) };
  }
  if (segment.length === 1) return { parameters, isSingle: true, read: text => [text] };
  const whole = expressionOf(segment);
  // `{name}.{ending?}`: without the ending its dot is left out too.
  const short = isOptional(segment.at(-1)) ? expressionOf(segment.slice(0, -2)) : undefined;
  return {
    parameters,
    isSingle: false,
    read: text => (whole.exec(text) ?? short?.exec(text))?.slice(1),
  };
}

function isOptional(part: RoutePart | undefined): boolean {
  return typeof part === 'object' && part.isOptional;
}

// From the right, as ASP.NET Core does: `{name}.{ending}` takes `a.b` and `c` from `a.b.c`.
function expressionOf(segment: RouteSegment): RegExp {
  const sources = segment.map(part =>
    typeof part === 'string' ? part.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&') : '(.+)',
  );
  return new RegExp(`^${sources.join('')}$`, 'is');
}

function matchPath(segments: readonly Segment[], path: string): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  const pieces = path.replace(/^\//, '').split('/');
  // One slash at the end is no segment of its own.
  const count = pieces.at(-1) === '' ? pieces.length - 1 : pieces.length;
  for (const [index, segment] of segments.entries()) {
    const [parameter] = segment.parameters;
    if (parameter?.isCatchAll)
      return accept(params, parameter, pieces.slice(index).join('/')) ? params : undefined;
    const fits =
      index < count ? fillSegment(params, segment, pieces[index] ?? '') : leaveOut(params, segment);
    if (!fits) return undefined;
  }
  return count <= segments.length ? params : undefined;
}

function fillSegment(params: Record<string, string>, { parameters, read }: Segment, text: string): boolean {
  const values = text === '' ? undefined : read(text);
  return values !== undefined && parameters.every((parameter, at) => accept(params, parameter, values[at]));
}

function leaveOut(params: Record<string, string>, { parameters, isSingle }: Segment): boolean {
  const [parameter] = parameters;
  if (!isSingle || parameter === undefined) return false;
  return (parameter.isOptional || parameter.fallback !== undefined) && accept(params, parameter, undefined);
}

function accept(
  params: Record<string, string>,
  parameter: RouteParameter,
  found: string | undefined,
): boolean {
  const value = found === undefined || found === '' ? parameter.fallback : found;
  // What is not there and may be left out is not asked about; a catch-all may not be left out then.
  if (value === undefined) return parameter.isOptional || parameter.constraints.length === 0;
  params[parameter.name] = value;
  return parameter.constraints.every(holds => holds(value));
}
