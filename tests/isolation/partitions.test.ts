import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ChangeFeedStartFrom, type Container, CosmosClient } from '@azure/cosmos';
import { testStack } from '../stack.ts';
import { trustStack } from '../trust.ts';
import { type OwnTenant, openOwnTenants } from './own-tenants.ts';

type Row = { readonly tenantId: string };

/** More than there are partitions, so that at least two share one. */
const TENANTS = 16;
const QUIET_PAGES = 8;

let tenants: readonly OwnTenant[];
let container: Container;
/** Before these tenants were made: what other tests wrote earlier tells nothing here, and is much. */
let started: Date;

before(async () => {
  const { settings } = testStack();
  trustStack(settings);
  const client = new CosmosClient({
    endpoint: settings['COSMOS_ENDPOINT'] ?? '',
    key: settings['COSMOS_KEY'] ?? '',
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  container = client.database(settings['COSMOS_DATABASE'] ?? '').container('records');
  started = new Date(Date.now() - 10_000);
  tenants = await openOwnTenants(TENANTS);
});

/** What was lately written to each physical partition, read through the change feed of its range. */
async function rowsByPartition(): Promise<readonly (readonly Row[])[]> {
  const ranges = await container.getFeedRanges();
  return Promise.all(
    ranges.map(async range => {
      const rows: Row[] = [];
      const feed = container.items.getChangeFeedIterator<Row>({
        changeFeedStartFrom: ChangeFeedStartFrom.Time(started, range),
      });
      // A range that another test has just split says "nothing new" once for each part that is read to its end.
      for (let quiet = 0; quiet < QUIET_PAGES; ) {
        const page = await feed.readNext();
        quiet = page.statusCode === 304 ? quiet + 1 : 0;
        rows.push(...(page.result ?? []));
      }
      return rows;
    }),
  );
}

describe('The store under the tenants', () => {
  test('has several physical partitions, and the rows of these tenants lie in more than one', async () => {
    const { resources } = await container.readPartitionKeyRanges().fetchAll();
    assert.ok(resources.length > 1);
    const own = new Set(tenants.map(({ tenant }) => tenant.id));
    const partitions = (await rowsByPartition()).filter(rows => rows.some(row => own.has(row.tenantId)));
    assert.ok(partitions.length > 1);
    assert.ok(
      partitions.some(rows => new Set(rows.map(row => row.tenantId)).size > 1),
      'one of them holds rows of more than one tenant',
    );
  });

  test("brings foreign rows back for the SDK's prefix option with forceQueryPlan, so lists may not rely on it", async () => {
    const foreign = await Promise.all(
      tenants.map(async ({ tenant }) => {
        const { resources } = await container.items
          .query<Row>(
            {
              query: "SELECT c.tenantId FROM c WHERE c.type = 'record' AND c._ts >= @started",
              parameters: [{ name: '@started', value: Math.floor(started.getTime() / 1000) }],
            },
            { partitionKey: [tenant.id], forceQueryPlan: true },
          )
          .fetchAll();
        assert.ok(resources.some(row => row.tenantId === tenant.id));
        return resources.filter(row => row.tenantId !== tenant.id).length;
      }),
    );
    assert.ok(foreign.some(count => count > 0));
  });

  test('shows a tenant only its own people through the product', async () => {
    for (const { tenant, owner } of tenants) {
      const { body } = await owner.get('/api/v1/users?limit=100');
      const emails: readonly string[] = body.items.map((user: { email: string }) => user.email);
      assert.deepEqual(
        emails.toSorted(),
        ['owner', 'second'].map(who => `${who}@${tenant.slug}.example`),
      );
    }
  });
});
