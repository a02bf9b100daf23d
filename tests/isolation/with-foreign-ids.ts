import { parseId } from '../../shared/kernel/index.ts';
import type { Endpoint } from '../../shared/platform/http/index.ts';
import { exampleBody } from './example-body.ts';
import { type Belongings, placeOf } from './make-one-of-everything.ts';
import { endpoints, type IdBook, idNames, pathWith, propertiesOf, referenceNames } from './table.ts';

export type ForeignReference = {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly body: unknown;
  readonly pointer: string;
  readonly etag: string | undefined;
};

/**
 * For every endpoint with a body, its example once for each id in it, that id being another tenant's. Fields that stand
 * for ids elsewhere in the table are tried where the example leaves them out.
 */
export function withForeignIds(foreign: IdBook, own: Belongings): readonly ForeignReference[] {
  return endpoints.flatMap(endpoint => {
    const body = endpoint.body === undefined ? undefined : exampleBody(endpoint, own.book);
    if (body === undefined) return [];
    const id = idNames(endpoint).length === 0 ? '' : own.fits.get(placeOf(endpoint))?.[0];
    if (id === undefined) return [];
    const path = pathWith(endpoint, id);
    const etag = endpoint.ifMatch === true ? '"1"' : undefined;
    return [...replaced(body, '', foreign), ...added(endpoint, body, foreign)].map(([pointer, changed]) => ({
      endpoint,
      path,
      pointer,
      body: changed,
      etag,
    }));
  });
}

type Variant = readonly [pointer: string, body: unknown];

function replaced(value: unknown, pointer: string, foreign: IdBook): readonly Variant[] {
  if (typeof value === 'string') {
    const id = foreign.get(parseId(value)?.prefix ?? '')?.[0];
    return id === undefined ? [] : [[pointer, id]];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    replaced(member, `${pointer}/${name}`, foreign).map(([where, changed]): Variant => {
      const copy = Array.isArray(value) ? [...value] : { ...value };
      return [where, Object.assign(copy, { [name]: changed })];
    }),
  );
}

function added(endpoint: Endpoint, body: unknown, foreign: IdBook): readonly Variant[] {
  const present = Object.keys(body as object); // examples of bodies are objects
  return Object.keys(propertiesOf(endpoint.body)).flatMap((name): readonly Variant[] => {
    const id = foreign.get(referenceNames.get(name) ?? '')?.[0];
    if (id === undefined || present.includes(name)) return [];
    return [[`/${name}`, { ...(body as object), [name]: id }]];
  });
}
