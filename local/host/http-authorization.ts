import type { IncomingMessage } from 'node:http';
import { type AuthLevel, type FunctionKeys, opens } from './function-keys.ts';

/**
 * Whether the key that came with a request (header `x-functions-key`, else query parameter `code`) opens what asks for a
 * level. Without a key only what is anonymous is open.
 */
export async function isAuthorized(
  keys: FunctionKeys | undefined,
  request: IncomingMessage,
  required: AuthLevel,
  functionName?: string,
): Promise<boolean> {
  if (required === 'anonymous') return true;
  const key = keyOf(request);
  if (key === undefined || keys === undefined) return false;
  return opens(await keys.levelOf(key, functionName, Date.now()), required);
}

function keyOf(request: IncomingMessage): string | undefined {
  const header = request.headers['x-functions-key'];
  const key = header === undefined ? fromQuery(request.url ?? '') : String(header);
  return key === '' || key === null ? undefined : key;
}

function fromQuery(url: string): string | null {
  const search = url.indexOf('?');
  if (search < 0) return null;
  // Names in a query have no case in ASP.NET Core.
  for (const [name, value] of new URLSearchParams(url.slice(search)))
    if (name.toLowerCase() === 'code') return value;
  return null;
}
