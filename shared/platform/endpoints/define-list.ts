import type { ZodObject, ZodType } from 'zod';
import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { Access, Endpoint } from '../http/index.ts';
import { defineEndpoint } from '../http/index.ts';
import type { Condition, Found, Indexed, RecordKind, Saved, Sortable } from '../records/index.ts';
import { type Filter, madeBetween } from './list-filters.ts';
import { pageOf, pageReply, paging } from './lists.ts';

/** A list of a kind's records, as data. */
export type ListDefinition<T, Ix extends Indexed, By extends Sortable> = {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly kind: RecordKind<T, Ix, By>;
  /** The kind's own permission unless given. */
  readonly access?: Access;
  /** Closed to whoever is limited to branches. */
  readonly wholeTenant?: boolean;
  readonly filters?: { readonly [field in keyof Ix & string]?: Filter };
  /** On what the kind declares as blinded: by `exactly` alone. */
  readonly personal?: Readonly<Record<string, Filter>> | undefined;
  /** What the kind declares as sorted; the time of making is always there. */
  readonly sorts?: readonly (keyof By & string)[];
  /** What whoever asks sees of it, by indexed fields, whatever they ask for. */
  readonly within?: (
    caller: Caller,
    platform: Capabilities,
  ) => { readonly [field in keyof Ix & string]?: readonly string[] };
  /** The shape of a row, and how it is made. */
  readonly view: ZodObject;
  readonly show: (record: Saved<T>, asked: { caller: Caller; platform: Capabilities }) => object;
};

type ParsedQuery = {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly sort: string;
  readonly q?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly [parameter: string]: unknown;
};

/**
 * The endpoint of a list: paging, filters, order, search where the kind is searchable, and sparse fields, all from one
 * definition that also documents them.
 */
export function defineList<T, Ix extends Indexed, By extends Sortable>(
  definition: ListDefinition<T, Ix, By>,
): Endpoint {
  const { id, path, summary, kind, view, show } = definition;
  const filters: readonly (readonly [string, Filter])[] = [
    ...Object.entries(definition.personal ?? {}),
    ...Object.entries<Filter | undefined>(definition.filters ?? {}).flatMap(([name, filter]) =>
      filter === undefined ? [] : [[name, filter] as const],
    ),
    ['createdAt', madeBetween],
  ];
  return defineEndpoint({
    id,
    method: 'GET',
    path,
    access: definition.access ?? { permission: kind.readPermission },
    wholeTenant: definition.wholeTenant === true,
    lists: kind as RecordKind,
    summary,
    query: queryOf(filters, ['createdAt', ...(definition.sorts ?? [])], kind.searchable !== undefined, view),
    replies: { 200: { description: 'A page.', schema: pageOf(view.partial().required({ id: true })) } },
    handle: async ({ caller, query, url }, platform) => {
      const { limit, cursor, sort, q, fields } = query;
      const within = definition.within?.(caller, platform) ?? {};
      const where = narrowed(whereOf(filters, query), within);
      if (where === undefined) return pageReply(url, { items: [], next: undefined }, () => ({}));
      const asked = { limit, cursor, sort, search: q, where };
      const page = await platform.records.for(caller).listAsFound(kind, asked);
      const row = (record: Saved<T>): object => show(record, { caller, platform });
      return pageReply(url, page, record => sparse(rowOf(record, row, view), fields));
    },
  });
}

function queryOf(
  filters: readonly (readonly [string, Filter])[],
  sorts: readonly string[],
  searchable: boolean,
  view: ZodObject,
): ZodType<ParsedQuery> {
  const narrowing: Record<string, ZodType> = Object.assign(
    {},
    ...filters.map(([name, filter]) => filter.parameters(name)),
  );
  const search = z.string().trim().min(2).max(100).optional().meta({
    description: 'Words that all must be found: parts of words, or words with one typo.',
  });
  const schema = z.strictObject({
    ...paging,
    ...narrowing,
    ...(searchable ? { q: search } : {}),
    sort: z
      .enum(sorts.flatMap(sort => [sort, `-${sort}`]))
      .default('-createdAt')
      .meta({ description: 'Descending with “-” before it.' }),
    fields: fieldsOf(view).optional(),
  });
  return schema as unknown as ZodType<ParsedQuery>; // the shape above, of which zod cannot know the computed names
}

/** `fields=id,name`: only these members of each row, and its id. */
function fieldsOf(view: ZodObject): ZodType {
  const known = Object.keys(view.shape);
  return z
    .string()
    .min(1)
    .max(500)
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(known)).max(known.length))
    .meta({ description: `Only these members of each row, with commas between them: ${known.join(', ')}.` });
}

function whereOf(
  filters: readonly (readonly [string, Filter])[],
  query: ParsedQuery,
): Readonly<Record<string, Condition | undefined>> {
  return Object.fromEntries(filters.map(([name, filter]) => [name, filter.condition(name, query)]));
}

type Where = Readonly<Record<string, Condition | undefined>>;

/** What was asked for, of what may be seen; undefined when that is nothing. */
function narrowed(
  where: Where,
  within: Readonly<Record<string, readonly string[] | undefined>>,
): Where | undefined {
  const limits = Object.entries(within).map(([field, seen = []]) => {
    const asked = where[field];
    const wanted =
      asked === undefined || !('oneOf' in asked) ? seen : seen.filter(one => asked.oneOf.includes(one));
    return [field, { oneOf: wanted }] as const;
  });
  if (limits.some(([, { oneOf }]) => oneOf.length === 0)) return undefined;
  return { ...where, ...Object.fromEntries(limits) };
}

/**
 * A record's row. One that was written past the service, and is not what records of its kind are, stands there by its id alone: it
 * hides no other, and verification says what it is.
 */
function rowOf<T>(record: Found<T>, show: (record: Saved<T>) => object, view: ZodObject): object {
  const { id, unreadable } = record;
  const known = { id };
  if (unreadable.length > 0) return known;
  try {
    const row = show(record);
    if (view.safeParse(row).success || isOfKind(record)) return row;
  } catch (error) {
    // Of a record that is what it should be, this would be a mistake of ours.
    if (isOfKind(record)) throw error;
  }
  return known;
}

const Beside = z.looseObject({
  ...{ version: z.int(), createdAt: z.string(), createdBy: z.string(), updatedAt: z.string() },
});

function isOfKind<T>(record: Saved<T>): boolean {
  return Beside.safeParse(record).success && record.kind.schema.safeParse(record.data).success;
}

function sparse(row: object, fields: readonly string[] | undefined): object {
  if (fields === undefined) return row;
  const wanted = Object.entries(row).filter(([name]) => name === 'id' || fields.includes(name));
  return Object.fromEntries(wanted);
}
