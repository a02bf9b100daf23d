import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as z from 'zod';
import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { RecordKind, Saved } from '../records/index.ts';
import { type Line, type Section, sectionsOfPerson, sectionsOfTenant } from './export-sections.ts';
import type { PrivacyRequestData } from './request.ts';

/** So long a file can be fetched. */
const KEPT_SECONDS = 24 * 60 * 60;
/** A part ends with the page that passes one of these. */
const PART_LINES = 1000;
const PART_CHARACTERS = 4_000_000;
type File = NonNullable<PrivacyRequestData['file']>;
type Progress = (percent: number, step: string) => Promise<void>;

/** How far an export is: which section from where, and how many parts of the file stand. */
export const ExportPlace = z.strictObject({
  madeAt: z.string(),
  section: z.int(),
  cursor: z.string().nullable(),
  parts: z.int(),
  lines: z.int(),
});
export type ExportPlace = z.infer<typeof ExportPlace>;

export type Export = {
  /** Where one begins that begins now. */
  readonly begin: () => ExportPlace;
  readonly piece: (at: ExportPlace) => Promise<{ readonly at: ExportPlace; readonly done: boolean }>;
  /** The file, once all pieces are done. */
  readonly file: (at: ExportPlace) => Promise<File>;
};

/** Where the file of a request lies; its id cannot be guessed and tells nothing. */
export function exportName(tenant: string, request: string): string {
  return `${tenant}/${request}.ndjson.gz`;
}

/**
 * Everything about a person, or of the whole tenant, as JSON lines, compressed: a header, the sections, a footer with the count. Each piece is
 * a part of the file and a gzip member of its own (RFC 1952, section 2.2: members follow each other), so an export goes on where it was cut off; a part that
 * is made twice takes the place of itself.
 */
export function exportOf(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  request: Saved<PrivacyRequestData>,
  progress: Progress,
  partLines = PART_LINES,
): Export {
  const { person } = request.data;
  const source = { platform, kinds, caller };
  const sections = person === null ? sectionsOfTenant(source) : sectionsOfPerson(source, person);
  const name = exportName(caller.tenant, request.id);
  const headerOf = (madeAt: string): Line => ({
    ...{ type: 'export', format: 1, tenant: caller.tenant, person },
    ...{ request: request.id, madeAt },
  });
  return {
    begin: () => ({ madeAt: timestamp(platform.now()), section: 0, cursor: null, parts: 0, lines: 0 }),
    piece: async before => {
      await progress(
        Math.floor((100 * before.section) / sections.length),
        sections[before.section]?.name ?? 'end',
      );
      const { lines, at } = await partFrom(sections, before, partLines);
      const done = at.section >= sections.length;
      const framed = [
        ...(before.parts === 0 ? [headerOf(at.madeAt)] : []),
        ...lines,
        ...(done ? [{ type: 'end', lines: at.lines }] : []),
      ];
      const text = framed.map(line => `${JSON.stringify(line)}\n`).join('');
      await platform.exports.stage(name, before.parts, await promisify(gzip)(text));
      if (done) await platform.exports.assemble(name, 'application/gzip', at.parts);
      return { at, done };
    },
    file: async ({ lines, madeAt }) => {
      const { sha256, bytes } = await platform.exports.digest(name);
      return { sha256, bytes, lines, expiresAt: timestamp(secondsAfter(new Date(madeAt), KEPT_SECONDS)) };
    },
  };
}

/** The lines of the next part, and the place behind it. */
async function partFrom(
  sections: readonly Section[],
  before: ExportPlace,
  partLines: number,
): Promise<{ readonly lines: readonly Line[]; readonly at: ExportPlace }> {
  let { section, cursor } = before;
  const lines: Line[] = [];
  let characters = 0;
  while (section < sections.length && lines.length < partLines && characters < PART_CHARACTERS) {
    const page = await sections[section]?.page(cursor);
    lines.push(...(page?.lines ?? []));
    characters += JSON.stringify(page?.lines ?? []).length;
    cursor = page?.next ?? null;
    if (cursor === null) section += 1;
  }
  const at = {
    ...{ madeAt: before.madeAt, section, cursor },
    ...{ parts: before.parts + 1, lines: before.lines + lines.length },
  };
  return { lines, at };
}
