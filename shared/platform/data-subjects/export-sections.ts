import { type Caller, secondsAfter } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { sessionKind } from '../identity/index.ts';
import { type RecordKind, type Saved, statesAt } from '../records/index.ts';
import { placesOf } from './erase-person.ts';

const SESSIONS_SECONDS = 90 * 24 * 60 * 60;
const PAGE = 100;

export type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A part of an export that is read page by page; `null` begins, and is what comes after the last page. */
export type Section = {
  readonly name: string;
  page(cursor: string | null): Promise<{ readonly lines: readonly Line[]; readonly next: string | null }>;
};

export type Source = {
  readonly platform: Capabilities;
  readonly kinds: readonly RecordKind[];
  readonly caller: Caller;
};

/** Everything about a person: records that say something of them, their logins, what they did. */
export function sectionsOfPerson(source: Source, person: string): readonly Section[] {
  const { platform, kinds, caller } = source;
  const records = platform.records.for(caller);
  return [
    {
      name: 'records',
      page: async cursor => {
        const places = await placesOf(platform, kinds, caller, person);
        const [place, more] = places.filter(({ id }) => id > (cursor ?? ''));
        if (place === undefined) return { lines: [], next: null };
        const { kind, id } = place;
        const record = await records.scopeOf(kind, id).ever(kind, id);
        // Earlier versions are about the person, too, where the whole record is.
        const versions = id === person ? await versionLines(source, record) : [];
        return { lines: [recordLine(record), ...versions], next: more === undefined ? null : id };
      },
    },
    {
      name: 'logins',
      page: async () => {
        const since = secondsAfter(platform.now(), -SESSIONS_SECONDS);
        const sessions = await records.scope(person).states(sessionKind, since);
        const lines = sessions.map(({ id, data: { tokenHash: _hash, ...session } }) => ({
          ...{ type: 'session', id },
          ...session,
        }));
        return { lines, next: null };
      },
    },
    acts(source, person),
  ];
}

/** Everything of a tenant: records with all their versions, deleted ones too, what happened, files. */
export function sectionsOfTenant(source: Source): readonly Section[] {
  return [
    ...source.kinds.map(kind => recordsOf(source, kind)),
    deletedOf(source),
    acts(source, undefined),
    files(source),
  ];
}

function recordsOf(source: Source, kind: RecordKind): Section {
  const records = source.platform.records.for(source.caller);
  return {
    name: kind.name,
    page: async cursor => {
      const query = { order: 'oldest', limit: PAGE, cursor: cursor ?? undefined } as const;
      const { items, next } = await records.list(kind, query);
      const lines: Line[] = [];
      for (const record of items) lines.push(recordLine(record), ...(await versionLines(source, record)));
      return { lines, next: next ?? null };
    },
  };
}

/** Records that were deleted: their last version says so, the ones before it are their past. */
function deletedOf(source: Source): Section {
  const records = source.platform.records.for(source.caller);
  return {
    name: 'deleted',
    page: async cursor => {
      const { items, next } = await records.deleted({ limit: PAGE, after: cursor ?? undefined });
      const lines: Line[] = [];
      for (const record of items) lines.push(recordLine(record), ...(await versionLines(source, record)));
      return { lines, next: next ?? null };
    },
  };
}

function recordLine({ kind, id, version, createdAt, updatedAt, data, deleted }: Saved<unknown>): Line {
  const gone = deleted === true ? { deleted } : {};
  return { type: 'record', kind: kind.name, id, version, createdAt, updatedAt, ...gone, data };
}

async function versionLines({ platform, caller }: Source, record: Saved<unknown>): Promise<readonly Line[]> {
  if (record.version === 1) return [];
  const scope = platform.records.for(caller).scope(record.scope);
  const versions = Array.from({ length: record.version - 1 }, (_, index) => index + 1);
  const states = await statesAt(scope, record, versions);
  return [...states].map(([version, { data, change }]) => ({
    ...{ type: 'version', kind: record.kind.name, id: record.id },
    ...{ version, time: change.time, data },
  }));
}

function acts({ platform, caller }: Source, user: string | undefined): Section {
  return {
    name: user === undefined ? 'changes' : 'acts',
    page: async cursor => {
      const search = { user, order: 'oldest', limit: PAGE, cursor: cursor ?? undefined } as const;
      const { items, next } = await platform.audit.search(caller, search);
      const lines = items.map(({ tenantId: _tenant, ...change }) => ({ type: 'change', ...change }));
      return { lines, next: next ?? null };
    },
  };
}

/** Whole, as base64: an export is one file, and stands for itself. */
function files({ platform, caller }: Source): Section {
  return {
    name: 'files',
    page: async cursor => {
      const { items, next } = await platform.artifacts.list(caller.tenant, cursor ?? undefined);
      const lines: Line[] = [];
      for (const artifact of items) {
        const content = Buffer.from(await platform.artifacts.read(caller.tenant, artifact));
        lines.push({ type: 'file', ...artifact, content: content.toString('base64') });
      }
      return { lines, next: next ?? null };
    },
  };
}
