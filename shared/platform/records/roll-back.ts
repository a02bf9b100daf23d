import { recordFault } from './faults.ts';
import { statesAt } from './rebuild.ts';
import type { Saved } from './saved.ts';
import type { Scope } from './scope.ts';

/**
 * The data with which a new version takes the record back to an earlier one, as its kind allows. `platform.version_unknown`
 * when there is no such version before the present one, `platform.rollback_refused` with the reason when the kind says no
 * or the old data no longer is what records of the kind are.
 */
export async function rolledBack<T>(
  scope: Pick<Scope, 'changes' | 'opener'>,
  record: Saved<T>,
  version: number,
): Promise<T> {
  const { kind } = record;
  const past = version < record.version ? (await statesAt(scope, record, [version])).get(version) : undefined;
  if (past === undefined) throw recordFault('platform.version_unknown', { version, present: record.version });
  // The last version of what was deleted has no data.
  const then = kind.schema.safeParse(past.data);
  if (!then.success) throw recordFault('platform.rollback_refused', { version, because: 'schema' });
  const outcome = kind.rollback?.to(record.deleted === true ? then.data : record.data, then.data) ?? {
    because: 'kind',
  };
  if ('because' in outcome) throw recordFault('platform.rollback_refused', { version, ...outcome });
  return outcome.data;
}
