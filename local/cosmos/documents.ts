import { randomUUID } from 'node:crypto';
import { badRequest, tooLarge } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

const mostBytes = 2 * 1024 * 1024;
const systemProperties = ['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn'];

/** A document as a client gave it, checked, without the properties that the service sets. */
export type Draft = {
  readonly id: string;
  readonly ttl: number | null;
  readonly body: JsonObject;
  readonly text: string;
  readonly size: number;
};

/** Checks a document of a create, upsert or replace: 400 for a wrong id or ttl, 413 above 2 MB. */
export function draftOf(value: Json | undefined): Draft {
  if (!isObject(value)) throw badRequest('The input content is invalid because it is not a JSON object.');
  const id = checkId(value['id']);
  // Entries keep a member called __proto__ a plain member.
  const body = Object.fromEntries(Object.entries(value).filter(([key]) => !systemProperties.includes(key)));
  checkValues(body);
  const text = JSON.stringify(body);
  // Half of a surrogate pair has no form in UTF-8; JSON.stringify leaves an escape only where there is one.
  if (text.includes('\\ud') && /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/.test(text))
    throw badRequest('The input content is invalid because a text in it is not well-formed Unicode.');
  const size = Buffer.byteLength(text);
  if (size > mostBytes) throw tooLarge();
  return { id, ttl: checkTtl(value['ttl']), body, text, size };
}

// https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits
const mostLevels = 128;

function checkValues(value: Json, level = 1): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw badRequest('The input content is invalid because a number in it is too large.');
  if (typeof value !== 'object' || value === null) return;
  if (level > mostLevels)
    throw badRequest(
      `Message: {"Errors":["The document is nested too deeply: at most ${mostLevels} levels are allowed."]}`,
    );
  for (const member of Object.values(value)) checkValues(member, level + 1);
}

/** Ids are 1 to 1023 bytes without / and \. https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits */
function checkId(id: Json | undefined): string {
  const required = "The input content is invalid because the required properties - 'id; ' - are missing";
  if (id === undefined || id === '') throw badRequest(`Message: {"Errors":["${required}"]}`);
  if (typeof id !== 'string')
    throw badRequest("The input content is invalid because the property 'id' is not a string.");
  if (Buffer.byteLength(id) > 1023)
    throw badRequest('The input name is invalid. Ensure that the id is at most 1023 bytes long.');
  if (/[/\\]/.test(id))
    throw badRequest(
      `The input name '${id}' is invalid. Ensure to provide a unique non-empty string less than '1024' characters without '/' and '\\\\'.`,
    );
  return id;
}

/** Names of databases and containers: 1 to 255 characters without / \ ? # and without a space at the end. */
export function checkName(name: Json | undefined): string {
  const id = checkId(name);
  if (id.length > 255 || id.endsWith(' ') || /[?#]/.test(id) || !id.isWellFormed())
    throw badRequest(
      `Message: {"Errors":["The input name '${id.slice(0, 255)}' is invalid. Ensure to provide a unique non-empty string less than '255' characters without '/', '\\\\', '?' or '#' that does not end with a space."]}`,
    );
  return id;
}

function checkTtl(ttl: Json | undefined): number | null {
  if (ttl === undefined) return null;
  const valid =
    typeof ttl === 'number' && Number.isInteger(ttl) && (ttl === -1 || (ttl > 0 && ttl <= 2_147_483_647));
  if (valid) return ttl;
  throw badRequest(
    `The input ttl '${JSON.stringify(ttl)}' is invalid. Ensure to provide a nonzero positive integer less than or equal to '2147483647', or '-1'.`,
  );
}

/** A new entity tag, with the quotes that belong to it. */
export function newEtag(): string {
  return `"${randomUUID()}"`;
}
