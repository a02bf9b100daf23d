import { createHash } from 'node:crypto';
import { createGzip } from 'node:zlib';
import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { sessionKind } from '../identity/index.ts';
import { type RecordKind, type Saved, statesAt } from '../records/index.ts';
import { placesOf } from './erase-person.ts';
import type { PrivacyRequestData } from './request.ts';

/** So long a file can be fetched. */
const KEPT_SECONDS = 24 * 60 * 60;
const SESSIONS_SECONDS = 90 * 24 * 60 * 60;
const PAGE = 100;
type File = NonNullable<PrivacyRequestData['file']>;
type Progress = (percent: number, step: string) => Promise<void>;
type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Where the file of a request lies; its id cannot be guessed and tells nothing. */
export function exportName(tenant: string, request: string): string {
  return `${tenant}/${request}.ndjson.gz`;
}

/**
 * Writes everything about a person, or of the whole tenant, as JSON lines, compressed: a header, records with their present
 * data and versions, what the person did, a footer with the count. Written a page at a time; done twice it is the same file anew.
 */
export async function exportData(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  request: Saved<PrivacyRequestData>,
  progress: Progress,
): Promise<File> {
  const { person } = request.data;
  const madeAt = platform.now();
  const source = { platform, kinds, caller, progress };
  const lines = person === null ? ofTenant(source) : ofPerson(source, person);
  const counted = { lines: 0, bytes: 0 };
  const hash = createHash('sha256');
  const header: Line = {
    ...{ type: 'export', format: 1, tenant: caller.tenant, person },
    ...{ request: request.id, madeAt: timestamp(madeAt) },
  };
  const parts = compressed(framed(header, lines, counted), bytes => {
    counted.bytes += bytes.length;
    hash.update(bytes);
  });
  await platform.exports.write(exportName(caller.tenant, request.id), 'application/gzip', parts);
  return { sha256: hash.digest('hex'), ...counted, expiresAt: timestamp(secondsAfter(madeAt, KEPT_SECONDS)) };
}

async function* framed(
  header: Line,
  lines: AsyncIterable<Line>,
  counted: { lines: number },
): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`;
  for await (const line of lines) {
    counted.lines += 1;
    yield `${JSON.stringify(line)}\n`;
  }
  yield `${JSON.stringify({ type: 'end', lines: counted.lines })}\n`;
}

async function* compressed(
  texts: AsyncIterable<string>,
  seen: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const { Readable } = await import('node:stream');
  const { pipeline } = await import('node:stream');
  const gzip = createGzip();
  // What goes wrong before it comes out of it as an error of the stream that is read here.
  pipeline(Readable.from(texts), gzip, () => undefined);
  for await (const bytes of gzip) {
    seen(bytes as Uint8Array); // gzip gives bytes
    yield bytes as Uint8Array;
  }
}

type Source = {
  readonly platform: Capabilities;
  readonly kinds: readonly RecordKind[];
  readonly caller: Caller;
  readonly progress: Progress;
};

async function* ofPerson(source: Source, person: string): AsyncGenerator<Line> {
  const { platform, kinds, caller, progress } = source;
  const records = platform.records.for(caller);
  for (const { kind, id } of await placesOf(platform, kinds, caller, person)) {
    await progress(20, 'records');
    const record = await records.scopeOf(kind, id).ever(kind, id);
    yield recordLine(record);
    // Earlier versions are about the person, too, where the whole record is.
    if (id === person) yield* versionsOf(source, record);
  }
  await progress(50, 'logins');
  const since = secondsAfter(platform.now(), -SESSIONS_SECONDS);
  for (const { id, data } of await records.scope(person).states(sessionKind, since)) {
    const { tokenHash: _hash, ...session } = data;
    yield { type: 'session', id, ...session };
  }
  await progress(60, 'acts');
  yield* acts(source, person);
}

async function* ofTenant(source: Source): AsyncGenerator<Line> {
  const { platform, kinds, caller, progress } = source;
  const records = platform.records.for(caller);
  for (const [index, kind] of kinds.entries()) {
    await progress(Math.floor((60 * index) / kinds.length), kind.name);
    let cursor: string | undefined;
    do {
      const page = await records.list(kind, { order: 'oldest', limit: PAGE, cursor });
      for (const record of page.items) yield recordLine(record);
      cursor = page.next;
    } while (cursor !== undefined);
  }
  await progress(60, 'changes');
  yield* acts(source, undefined);
}

function recordLine({ kind, id, version, createdAt, updatedAt, data }: Saved<unknown>): Line {
  return { type: 'record', kind: kind.name, id, version, createdAt, updatedAt, data };
}

async function* versionsOf({ platform, caller }: Source, record: Saved<unknown>): AsyncGenerator<Line> {
  const scope = platform.records.for(caller).scope(record.scope);
  const versions = Array.from({ length: record.version - 1 }, (_, index) => index + 1);
  for (const [version, { data, change }] of await statesAt(scope, record, versions))
    yield { type: 'version', kind: record.kind.name, id: record.id, version, time: change.time, data };
}

async function* acts({ platform, caller }: Source, user: string | undefined): AsyncGenerator<Line> {
  let cursor: string | undefined;
  do {
    const search = { user, order: 'oldest', limit: PAGE, cursor } as const;
    const page = await platform.audit.search(caller, search);
    for (const { tenantId: _tenant, ...change } of page.items) yield { type: 'change', ...change };
    cursor = page.next;
  } while (cursor !== undefined);
}
