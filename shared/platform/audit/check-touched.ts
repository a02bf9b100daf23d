import type { TenantId } from '../../kernel/index.ts';
import { type ChangeDocument, type TenantRecords, verifyRecord } from '../records/index.ts';
import type { Finding } from './finding.ts';
import type { AuditTools } from './tools.ts';

const AT_ONCE = 100;

/** Looks for the records that changes touched; none of them ever goes, since what was deleted keeps its last version. */
export type TouchedChecker = {
  note(change: ChangeDocument): AsyncGenerator<Finding>;
  /** Those that were noted last. */
  rest(): AsyncGenerator<Finding>;
};

/**
 * Finds records that changes speak of and that the walk over records would not meet: because they are gone, or because what
 * the walk goes by was altered. They are looked for a hundred at a time.
 */
export function touchedChecker(
  tools: Pick<AuditTools, 'store'>,
  tenant: TenantId,
  own: TenantRecords,
): TouchedChecker {
  /** By id, the scope. */
  const waiting = new Map<string, string>();
  const told = new Set<string>();
  const rest = async function* (): AsyncGenerator<Finding> {
    const places = [...waiting].filter(([id]) => !told.has(id));
    waiting.clear();
    const met = new Set(await walked(tools, tenant, places));
    for (const [id, scope] of places) {
      if (met.has(id)) continue;
      const why = await whyUnmet(own, id, scope);
      if (why === undefined) continue;
      told.add(id);
      yield { what: 'record', id, why };
    }
  };
  return {
    rest,
    note: async function* ({ scope, touches }) {
      // Whoever altered the change may have left no list there, or anything in it.
      for (const touch of Array.isArray(touches) ? touches : [])
        if (typeof touch?.id === 'string') waiting.set(touch.id, scope);
      if (waiting.size >= AT_ONCE) yield* rest();
    },
  };
}

/** Those that the walk over records meets. */
async function walked(
  { store }: Pick<AuditTools, 'store'>,
  tenant: TenantId,
  places: readonly (readonly [string, string])[],
): Promise<readonly string[]> {
  if (places.length === 0) return [];
  const ids = Object.fromEntries(places.map(([id], index) => [`i${index}`, id]));
  const names = Object.keys(ids).map(name => `@${name}`);
  return store.queryAcross<string>({
    text: `SELECT VALUE c.id FROM c WHERE c.tenantId = @tenant AND c.type = 'record' AND c.at > '' AND c.id IN (${names.join(', ')})`,
    parameters: { tenant, ...ids },
  });
}

async function whyUnmet(own: TenantRecords, id: string, scope: string): Promise<string | undefined> {
  const document = await own.scope(scope).atRest(id);
  if (document === undefined) return 'missing';
  const { broken } = await verifyRecord(own.scope(scope), document);
  return broken?.why;
}
