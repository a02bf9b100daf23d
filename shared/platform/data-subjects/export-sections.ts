import { secondsAfter } from '../../kernel/index.ts';
import type { AuditEntry } from '../audit/index.ts';
import { sessionKind } from '../identity/index.ts';
import {
  asPersonal,
  type RecordKind,
  type Saved,
  statesAt,
  WITHHELD,
  withheldFromOthers,
  wordsAbout,
} from '../records/index.ts';
import { placesOf, type Source } from './places-of.ts';

const SESSIONS_SECONDS = 90 * 24 * 60 * 60;
const PAGE = 100;

export type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

/** A part of an export that is read page by page; `null` begins, and is what comes after the last page. */
export type Section = {
  readonly name: string;
  page(cursor: string | null): Promise<{ readonly lines: readonly Line[]; readonly next: string | null }>;
};

/**
 * Everything about a person: what records say of them, now and in earlier versions, their logins, what they did. What the same records
 * say of anybody else is withheld (GDPR, article 15(4)).
 */
export function sectionsOfPerson(source: Source, person: string): readonly Section[] {
  const { platform, caller } = source;
  const records = platform.records.for(caller);
  return [
    {
      name: 'records',
      page: async cursor => {
        const behind = { after: cursor ?? '', limit: 2 };
        const { page, isPerson } = await placesOf(source, person, behind);
        const [place, more] = page;
        if (place === undefined) return { lines: [], next: null };
        const { kind, id } = place;
        const record = await records.scopeOf(kind, id).ever(kind, id);
        const said = [recordLine(record), ...(await versionLines(source, record))];
        const lines = isPerson
          ? said.map(line => ({ ...line, data: asPersonal({ kind, id, data: line.data }, person) }))
          : said;
        const told = linesAbout(lines, record, person);
        return { lines: told, next: more === undefined ? null : id };
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

type DataLine = Line & { readonly data: unknown };

/** What lines of one record say of a person. Another's record is told of in those earlier versions that say something else of them. */
function linesAbout(lines: readonly DataLine[], record: Saved<unknown>, person: string): readonly Line[] {
  const said = (data: unknown): string => JSON.stringify(wordsAbout({ ...record, data }, person));
  const present = said(record.data);
  const isTold = ({ type, data }: DataLine): boolean =>
    type === 'record' || record.id === person || ![present, '[]'].includes(said(data));
  return lines
    .filter(isTold)
    .map(line => ({ ...line, data: withheldFromOthers({ ...record, data: line.data }, person) }));
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

function recordLine({ kind, id, version, createdAt, updatedAt, data, deleted }: Saved<unknown>): DataLine {
  const gone = deleted === true ? { deleted } : {};
  return { type: 'record', kind: kind.name, id, version, createdAt, updatedAt, ...gone, data };
}

async function versionLines(
  { platform, caller }: Source,
  record: Saved<unknown>,
): Promise<readonly DataLine[]> {
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
      const lines = items.map(({ tenantId: _tenant, ...change }) => ({
        ...{ type: 'change', ...change },
        ...(user === undefined || change.by.operator === undefined ? {} : inTheirPlace(change.by)),
      }));
      return { lines, next: next ?? null };
    },
  };
}

/** What an operator did in somebody's place says who they were, and from where, of the operator. */
function inTheirPlace({ operator, ...by }: AuditEntry['by']) {
  return { by: { ...by, operator: { user: operator?.user, name: WITHHELD } }, address: WITHHELD };
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
