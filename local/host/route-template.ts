import { type RouteConstraint, readConstraint } from './route-constraints.ts';

export type RouteParameter = {
  readonly name: string;
  readonly constraints: readonly RouteConstraint[];
  readonly fallback: string | undefined;
  readonly isOptional: boolean;
  readonly isCatchAll: boolean;
};
/** A literal or a parameter; a segment between two slashes has one or more of them. */
export type RoutePart = string | RouteParameter;
export type RouteSegment = readonly RoutePart[];

/**
 * Reads an ASP.NET Core route template: literals, `{name}`, `{name?}`, `{name=default}`, `{name:int}`, `{*rest}`, with `{{` and
 * `}}` for the characters themselves. Throws a plain Error that names what cannot be read (`TemplateParser`).
 */
export function parseTemplate(template: string): RouteSegment[] {
  const refuse = (why: string): Error => new Error(`the route "${template}" ${why}`);
  if (/^[~/]/.test(template)) throw refuse('may not begin with "/" or "~"');
  if (template.includes('//')) throw refuse('has an empty segment');
  if (template.replace(/\{[^}]*\}/g, '').includes('?')) throw refuse('may not contain "?"');
  const segments = splitSegments(template.replace(/\/$/, '')).map(text => parseSegment(text, refuse));
  const parameters = segments.flat().filter(part => typeof part !== 'string');
  const names = parameters.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse(`has the parameter "${twice}" twice`);
  const last = segments.at(-1);
  if (parameters.some(parameter => parameter.isCatchAll && last?.at(-1) !== parameter))
    throw refuse('has a catch-all parameter that is not at its end');
  return segments;
}

// A slash inside of a parameter's braces (a regular expression) parts nothing.
function splitSegments(template: string): string[] {
  const segments = [''];
  let depth = 0;
  for (const character of template) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === '/' && depth === 0) segments.push('');
    else segments[segments.length - 1] += character;
  }
  return segments;
}

/** A doubled brace, a parameter, or other text. */
const token = /\{\{|\}\}|\{((?:[^{}]|\{\{|\}\})*)\}(?!\}(?!\}))|[^{}]+/y;

function parseSegment(segment: string, refuse: (why: string) => Error): RouteSegment {
  const parts: RoutePart[] = [];
  for (let index = 0; index < segment.length; ) {
    token.lastIndex = index;
    const match = token.exec(segment);
    if (match === null) throw refuse(`cannot be read at "${segment.slice(index)}"`);
    const [text, parameter] = match;
    const last = parts.at(-1);
    if (parameter !== undefined) {
      if (typeof last === 'object') throw refuse('has two parameters side by side');
      parts.push(parseParameter(parameter, refuse));
    } else {
      const literal = unescapeBraces(text);
      if (typeof last === 'string') parts[parts.length - 1] = last + literal;
      else parts.push(literal);
    }
    index = token.lastIndex;
  }
  checkSegment(parts, refuse);
  return parts;
}

function unescapeBraces(text: string): string {
  return text.replaceAll('{{', '{').replaceAll('}}', '}');
}

function checkSegment(parts: readonly RoutePart[], refuse: (why: string) => Error): void {
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') continue;
    if (part.isCatchAll && parts.length > 1) throw refuse('has a catch-all parameter beside other text');
    if (!part.isOptional || parts.length === 1) continue;
    const isLastAfterDot = index === parts.length - 1 && parts[index - 1] === '.';
    if (!isLastAfterDot)
      throw refuse(`has the optional parameter "${part.name}" where it cannot be left out`);
  }
}

function parseParameter(text: string, refuse: (why: string) => Error): RouteParameter {
  const unescaped = unescapeBraces(text);
  const match = /^(\*{0,2})([^:=?*/{}]+)(.*)$/s.exec(unescaped);
  if (match === null) throw refuse(`cannot be read at "{${text}}"`);
  const [, stars = '', name = '', rest = ''] = match;
  const { constraints, fallback, isOptional } = parseTail(rest, refuse);
  if (stars !== '' && isOptional)
    throw refuse(`has the catch-all parameter "${name}", which cannot be optional`);
  if (isOptional && fallback !== undefined)
    throw refuse(`has the optional parameter "${name}" with a default`);
  return { name, constraints, fallback, isOptional, isCatchAll: stars !== '' };
}

/** Constraints, default and question mark behind a parameter's name. */
function parseTail(
  tail: string,
  refuse: (why: string) => Error,
): Pick<RouteParameter, 'constraints' | 'fallback' | 'isOptional'> {
  const isOptional = tail.endsWith('?');
  let rest = isOptional ? tail.slice(0, -1) : tail;
  const constraints: RouteConstraint[] = [];
  while (rest.startsWith(':')) {
    const match = /^:(\w+(?:\(.*?\)(?=[:=]|$))?)/s.exec(rest);
    const text = match?.[1] ?? rest.slice(1);
    const constraint = readConstraint(text);
    if (constraint === undefined) throw refuse(`has the constraint "${text}", which Azure does not know`);
    constraints.push(constraint);
    rest = rest.slice(text.length + 1);
  }
  if (rest !== '' && !rest.startsWith('=')) throw refuse(`cannot be read at "${rest}"`);
  return { constraints, fallback: rest === '' ? undefined : rest.slice(1), isOptional };
}
