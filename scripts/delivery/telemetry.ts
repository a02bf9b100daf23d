import * as z from 'zod';
import type { Behaviour } from './canary.ts';
import type { Az } from './commands.ts';
import { LOG_ANALYTICS } from './tokens.ts';

const Answer = z.object({
  tables: z.array(
    z.object({ columns: z.array(z.object({ name: z.string() })), rows: z.array(z.array(z.unknown())) }),
  ),
});
const Row = z.object({
  app: z.string(),
  requests: z.coerce.number(),
  failed: z.coerce.number(),
  p95: z.coerce.number().nullable(),
});

const SILENT: Behaviour = { requests: 0, failed: 0, p95: undefined };

/**
 * How these apps answered since then, added up over `names`. `workspaceId` is the workspace's resource id. Telemetry comes two to
 * five minutes late.
 */
export async function behaviourOf(
  az: Az,
  workspaceId: string,
  names: readonly string[],
  since: Date,
): Promise<Behaviour> {
  const body = JSON.stringify({ query: behaviourQuery(names, since) });
  const answer = await az(
    'rest',
    ...['--method', 'post', '--resource', LOG_ANALYTICS],
    ...['--url', `${LOG_ANALYTICS}/v1${workspaceId}/query`],
    ...['--headers', 'Content-Type=application/json', '--body', body],
  );
  return readBehaviour(answer);
}

/** Requests of the catch-all function but those of health probes, which are quick and many; each kept row stands for ItemCount of them. */
export function behaviourQuery(names: readonly string[], since: Date): string {
  const apps = names.map(name => `'${name}'`).join(', ');
  return [
    'AppRequests',
    `| where TimeGenerated > datetime(${since.toISOString()})`,
    `| where AppRoleName in~ (${apps}) and OperationName == 'api' and Url !contains '/api/health/'`,
    '| summarize requests = sum(ItemCount), failed = sumif(ItemCount, toint(ResultCode) >= 500),',
    "  p95 = percentilew(DurationMs, ItemCount, 95) by app = 'api'",
  ].join('\n');
}

/** The one row of `behaviourQuery`; none means that nobody asked. */
export function readBehaviour(answer: unknown): Behaviour {
  const [table] = Answer.parse(answer).tables;
  const [row] = table?.rows ?? [];
  if (table === undefined || row === undefined) return SILENT;
  const named = Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index]]));
  const { requests, failed, p95 } = Row.parse(named);
  return { requests, failed, p95: p95 ?? undefined };
}
