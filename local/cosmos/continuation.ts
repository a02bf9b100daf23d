import { badRequest } from './errors.ts';
import { isObject, parseJson } from './json.ts';
import type { Position } from './page.ts';

/** Where a query stands: the place in the hash space where its current range begins, and the position after its last row. */
export type Continuation = { readonly min: string; readonly position: Position | undefined };

/** Writes a continuation token. It holds all that is needed to go on, so it survives a restart of the server. */
export function writeContinuation(at: Continuation): string {
  const position =
    at.position === undefined ? {} : { a: at.position.after, i: at.position.inside, e: at.position.emitted };
  return `+RID:${Buffer.from(JSON.stringify({ m: at.min, ...position })).toString('base64url')}#RT:1`;
}

/** Reads a continuation token; 400 for one that this server did not write. */
export function readContinuation(token: string): Continuation {
  const match = /^\+RID:([\w-]+)#RT:1$/.exec(token);
  try {
    const value = parseJson(Buffer.from(match?.[1] ?? '', 'base64url').toString());
    if (!isObject(value) || typeof value['m'] !== 'string') throw new SyntaxError('not a continuation');
    const { m: min, a: after, i: inside, e: emitted } = value;
    if (!Array.isArray(after)) return { min, position: undefined };
    const binds = after.map(part => (typeof part === 'number' || typeof part === 'string' ? part : null));
    return { min, position: { after: binds, inside: Number(inside ?? 0), emitted: Number(emitted ?? 0) } };
  } catch {
    throw badRequest('Message: {"Errors":["Invalid Continuation Token"]}');
  }
}
