import * as z from 'zod';
import { recordFault } from '../records/index.ts';
import { versionIn } from './conditional.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';
import { parsePart } from './validate.ts';
import type { WireRequest } from './wire.ts';

const MAX_BODY_BYTES = 1_048_576;
const NOTHING = z.strictObject({});

export type Input = { readonly params: unknown; readonly query: unknown; readonly body: unknown };

/** Path, query and body, each parsed by the endpoint's schema. Unknown fields are refused everywhere. */
export async function readInput(
  endpoint: Endpoint,
  wire: WireRequest,
  params: Readonly<Record<string, string>>,
): Promise<Input> {
  return {
    params: parsePart(endpoint.params ?? NOTHING, params, 'params'),
    query: parsePart(endpoint.query ?? NOTHING, valuesOf(wire.url.searchParams), 'query'),
    body:
      endpoint.body === undefined
        ? undefined
        : parsePart(
            endpoint.body,
            await (endpoint.takes === 'form' ? readForm(wire) : readJson(wire)),
            'body',
          ),
  };
}

/** A parameter that is given twice becomes a list, which only schemas that expect a list accept. */
function valuesOf(parameters: URLSearchParams): Readonly<Record<string, unknown>> {
  const names = new Set(parameters.keys());
  return Object.fromEntries(
    [...names].map(name => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

const FORM = 'application/x-www-form-urlencoded';

/** The bytes of a body of the one media type that the endpoint takes. */
async function readBytes(wire: WireRequest, supported: string): Promise<Uint8Array> {
  const mediaType = wire.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const bytes = await wire.bytes();
  if (bytes.byteLength > MAX_BODY_BYTES)
    throw httpFault('platform.body_too_large', { limit: MAX_BODY_BYTES });
  if (mediaType === supported) return bytes;
  if (bytes.byteLength === 0) throw httpFault('platform.body_malformed');
  throw httpFault('platform.media_type_unsupported', { supported });
}

async function readForm(wire: WireRequest): Promise<unknown> {
  const bytes = await readBytes(wire, FORM);
  try {
    return valuesOf(new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    throw httpFault('platform.body_malformed', {}, error);
  }
}

async function readJson(wire: WireRequest): Promise<unknown> {
  const bytes = await readBytes(wire, 'application/json');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (text.includes('\\u') && hasLoneSurrogates(value)) throw new SyntaxError('a lone surrogate');
    return value;
  } catch (error) {
    throw httpFault('platform.body_malformed', {}, error);
  }
}

/** The version in `If-Match`: 428 where it is required and missing (RFC 6585), 400 where it is not ours. */
export function readIfMatch(endpoint: Endpoint, wire: WireRequest): number {
  if (endpoint.ifMatch !== true) return 0;
  const header = wire.header('if-match');
  if (header === undefined) throw recordFault('platform.version_missing');
  const version = versionIn(header);
  if (version === undefined) throw httpFault('platform.if_match_invalid');
  return version;
}

/** Half of a character, which only an escape can smuggle in; JSON.stringify escapes it again. */
function hasLoneSurrogates(value: unknown): boolean {
  return /(?<!\\)(\\\\)*\\ud[89a-f]/i.test(JSON.stringify(value));
}
