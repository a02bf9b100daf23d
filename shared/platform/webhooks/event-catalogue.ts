import type { ZodType } from 'zod';

/** A type of event that subscribers may hear of: what it says, and the shape of what is told beside the records touched. */
export type EventDefinition = { readonly summary: string; readonly data?: ZodType };
export type EventTable = Readonly<Record<string, EventDefinition>>;

const WHAT = {
  created: 'was made',
  changed: 'was changed',
  deactivated: 'is no longer for new work',
  reactivated: 'is for new work again',
  deleted: 'was deleted',
  rolled_back: 'was taken back to an earlier version',
  signed: 'was signed',
} as const;

/** The events of a kind of record that are named after what became of it: `calibration.customer.created`. */
export function recordEvents(
  kind: string,
  noun: string,
  ...what: readonly (keyof typeof WHAT)[]
): EventTable {
  return Object.fromEntries(what.map(one => [`${kind}.${one}`, { summary: `${noun} ${WHAT[one]}.` }]));
}

/** Whether a filter lets an event type through; `calibration.*` takes all below it. */
export function lets(filter: string, type: string): boolean {
  return filter === '*' || filter === type || (filter.endsWith('.*') && type.startsWith(filter.slice(0, -1)));
}

/** The places of filters that no event of the catalogue can ever pass. Pure. */
export function deafFilters(filters: readonly string[], catalogue: EventTable): readonly number[] {
  const types = Object.keys(catalogue);
  return filters.flatMap((filter, index) => (types.some(type => lets(filter, type)) ? [] : [index]));
}
