import { setTimeout as wait } from 'node:timers/promises';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';
import { inParallel } from './in-parallel.ts';
import { type Belongings, placeOf } from './make-one-of-everything.ts';
import type { OwnTenant } from './own-tenants.ts';
import { endpoints, idNames, isList, isSecured, pathWith, propertiesOf } from './table.ts';

/** Attempts at webhooks go on by themselves, and the audit grows by what is asked and refused. */
const changesByItself = [
  'platform.webhook.deliveries',
  'platform.audit.search',
  'platform.audit.export',
  'platform.audit.security',
];

/** Everything that can be read of these belongings, by address: records, histories, lists. */
export async function snapshot(
  tenant: OwnTenant,
  { ids, fits }: Pick<Belongings, 'ids' | 'fits'>,
): Promise<Readonly<Record<string, unknown>>> {
  const seen: Record<string, unknown> = {};
  const addresses = endpoints.filter(isReader).flatMap(endpoint => {
    if (idNames(endpoint).length === 0) return [pathWith(endpoint, '')];
    return (fits.get(placeOf(endpoint)) ?? ids).map(id => pathWith(endpoint, id));
  });
  await inParallel(addresses, async address => {
    const { status, headers, body, bytes } = await tenant.owner.get(address);
    if (status === 200) seen[address] = { etag: headers['etag'], body: body ?? bytes.toString('base64') };
  });
  return seen;
}

/** The lists of a tenant alone: what they hold tells whether something was made. */
export async function listsOf(tenant: OwnTenant): Promise<Readonly<Record<string, unknown>>> {
  const seen: Record<string, unknown> = {};
  const lists = endpoints.filter(endpoint => isList(endpoint) && !changesByItself.includes(endpoint.id));
  await inParallel(lists, async endpoint => {
    const oldest = 'sort' in propertiesOf(endpoint.query) ? 'sort=createdAt' : 'order=oldest';
    const { body } = await tenant.owner.get(`${fullPath(endpoint)}?limit=100&${oldest}`);
    seen[endpoint.id] = body;
  });
  return seen;
}

function isReader(endpoint: Endpoint): boolean {
  if (endpoint.method !== 'GET' || !isSecured(endpoint) || changesByItself.includes(endpoint.id))
    return false;
  return isList(endpoint) || idNames(endpoint).length === 1;
}

/** Waits until the tenant's jobs have ended, so that nothing changes any more by itself. */
export async function settled(tenant: OwnTenant): Promise<void> {
  let open: readonly { readonly state: string }[] = [];
  for (let tries = 0; tries < 600; tries += 1) {
    const { body } = await tenant.owner.get('/api/v1/jobs?limit=100');
    open = body.items.filter((job: { state: string }) => ['queued', 'running'].includes(job.state));
    if (open.length === 0) return;
    await wait(100);
  }
  throw new Error(`the jobs of a test did not end within a minute: ${JSON.stringify(open)}`);
}
