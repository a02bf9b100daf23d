import { defineFaults } from '../../kernel/index.ts';
import type { RecordKind, Retention } from '../records/index.ts';
import type { RetentionSettings } from '../tenancy/index.ts';

/** How retention says no. */
export const retentionFault = defineFaults({
  'platform.retention_unfit': { status: 422, retry: 'never' },
});

/** A kind whose records end, and after how many days they do in a tenant. */
export type RetentionRule = Pick<Retention<unknown>, 'usualDays' | 'leastDays' | 'mostDays'> & {
  readonly kind: RecordKind;
  readonly days: number;
};

/** What a tenant has said of each kind that has a retention, else what is usual. */
export function rulesOf(
  kinds: readonly RecordKind[],
  settings: RetentionSettings | undefined,
): readonly RetentionRule[] {
  return kinds.flatMap(kind => {
    if (kind.retention === undefined) return [];
    const { usualDays, leastDays, mostDays } = kind.retention;
    const chosen = settings?.days[kind.name] ?? usualDays;
    const days = Math.min(Math.max(chosen, leastDays), mostDays);
    return [{ kind, days, usualDays, leastDays, mostDays }];
  });
}

/** Refuses days of kinds that have no retention, or beyond a kind's bounds: `platform.retention_unfit` with a pointer to each. */
export function assertFit(kinds: readonly RecordKind[], { days }: RetentionSettings): void {
  const errors = Object.entries(days).flatMap(([name, wanted]) => {
    const retention = kinds.find(kind => kind.name === name)?.retention;
    const pointer = `#/retention/days/${name}`;
    if (retention === undefined)
      return [{ pointer, code: 'unknown_kind', detail: 'Records of this kind have no retention.' }];
    const { leastDays, mostDays } = retention;
    if (wanted >= leastDays && wanted <= mostDays) return [];
    return [{ pointer, code: 'out_of_bounds', detail: `From ${leastDays} to ${mostDays} days.` }];
  });
  if (errors.length > 0) throw retentionFault('platform.retention_unfit', { errors });
}
