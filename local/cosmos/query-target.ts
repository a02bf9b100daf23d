import type { Container } from './container.ts';
import { placeOf } from './container.ts';
import type { EpkRange } from './epk.ts';
import { prefixRange } from './epk.ts';
import { badRequest, rangeGone } from './errors.ts';
import type { Call } from './http.ts';
import { headerKey } from './item-handlers.ts';

/** The parts of the hash space that a request reads; `single` when it named one itself. */
type Target = { readonly ranges: readonly EpkRange[]; readonly single: boolean };

/** The part of a physical partition that the EPK headers cut out; 400 when they cut nothing out. */
function intersect(range: EpkRange, call: Call): EpkRange {
  const min = call.header('x-ms-start-epk') ?? range.min;
  const max = call.header('x-ms-end-epk') ?? range.max;
  const [, later = min] = [min, range.min].sort();
  const [earlier = max] = [max, range.max].sort();
  if (later >= earlier) throw badRequest('The range of effective partition keys in the headers is invalid.');
  return { min: later, max: earlier };
}

/** The physical partition that a header names; 410 (1002) when it has been split or never was. */
function namedRange(container: Container, id: string): EpkRange {
  const found = container.ranges.find(range => range.id === id);
  if (found === undefined) throw rangeGone(id);
  return found;
}

/**
 * Where a query runs. A full key selects its logical partition; a named physical partition is read whole, or the part
 * that the EPK headers cut out. A key that is only a prefix selects physical partitions and filters nothing: Azure's SDKs
 * turn prefixes into EPK ranges themselves for that reason (Azure/azure-sdk-for-rust#4680, Azure/azure-sdk-for-python#31121).
 */
export function targetOf(container: Container, call: Call): Target {
  const key = headerKey(call);
  if (key !== undefined && key.length === container.keyPaths.length) {
    const place = placeOf(container, key);
    return { ranges: [{ min: place, max: place }], single: true };
  }
  const id = call.header('x-ms-documentdb-partitionkeyrangeid');
  if (id !== undefined)
    return { ranges: [intersect(namedRange(container, id.split(',').at(-1) ?? id), call)], single: true };
  if (key !== undefined && key.length > container.keyPaths.length)
    throw badRequest('The partition key has too many levels.', 1001);
  if (key === undefined || key.length === 0) return { ranges: container.ranges, single: false };
  const prefix = prefixRange(key, container.keyKind);
  return {
    ranges: container.ranges.filter(range => range.min < prefix.max && range.max > prefix.min),
    single: false,
  };
}

/** Whether a physical partition holds something of the wanted ranges; a range of one point has equal ends. */
export function overlaps(range: EpkRange, wanted: readonly EpkRange[]): boolean {
  return wanted.some(one =>
    one.min === one.max
      ? one.min >= range.min && one.min < range.max
      : one.min < range.max && one.max > range.min,
  );
}
