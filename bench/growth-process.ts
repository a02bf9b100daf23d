/** Fills tenants on the stack that the environment describes with as many instruments as are wanted, and looks into them. */
import type { JSONObject, OperationInput } from '@azure/cosmos';
import type { Composition } from '../functions/compose.ts';
import { enrol } from '../scripts/enrol.ts';
import { openProduct } from '../scripts/provision.ts';
import { derivedKey, joinId, systemCaller } from '../shared/kernel/index.ts';
import {
  newRecordId,
  type RecordKind,
  recordsDoor,
  type Store,
  type TenantRecords,
} from '../shared/platform/records/index.ts';
import type { Tenant } from '../shared/platform/tenancy/index.ts';
import { answerOrder } from './child-process.ts';
import { instrument } from './instruments.ts';

/** Brings these tenants from so many instruments to so many; who had none is made first. */
export type FillOrder = {
  readonly fill: readonly { readonly slug: string; readonly from: number; readonly to: number }[];
};
/** Somebody of the tenant with every right, and where a reader is who has paged through half of the instruments. */
export type LookOrder = { readonly look: string; readonly records: number };
export type Look = { readonly token: string; readonly customers: readonly string[]; readonly middle: string };

const CUSTOMERS = 7;
const AT_ONCE = 1000;
const UNDER_WAY = 4;
const PAGE = 1000;
/** Longer than a million records take. */
const TOKEN_SECONDS = 12 * 3600;

answerOrder(async (order: FillOrder | LookOrder): Promise<Look | null> => {
  const product = openProduct({ ...process.env, MESSAGING_DIRECT_SEND: 'false' });
  if ('look' in order) return look(product, order);
  const filler = openFiller(product);
  const missing = order.fill.filter(({ from }) => from === 0);
  for (let made = 0; made < missing.length; made += UNDER_WAY)
    await Promise.all(missing.slice(made, made + UNDER_WAY).map(({ slug }) => makeTenant(product, slug)));
  for (const { slug, from, to } of order.fill) await filler.fill(slug, from, to);
  await filler.end();
  return null;
});

function tenantOf(slug: string): Tenant {
  const name = `Laboratory ${slug}`;
  return {
    ...{ id: joinId('tnt', undefined, derivedKey('growth', slug)), slug, name, status: 'active' },
    ...{ locale: 'en-GB', timeZone: 'Europe/London', currency: 'GBP' },
    branding: { legalName: name, address: ['1 Test Street'], colour: '#16324f' },
  };
}

async function makeTenant(product: Composition, slug: string): Promise<void> {
  const tenant = tenantOf(slug);
  await product.signingKey.ensure();
  await enrol(product.platform, tenant);
  const records = product.platform.records.for(systemCaller(tenant.id, slug, 'growth'));
  const kind = kindOf(product, 'calibration.customer');
  for (let index = 0; index < CUSTOMERS; index += 1) {
    const id = customerId(slug, index);
    const data = {
      name: `Customer ${index}`,
      address: ['1 Mill Lane'],
      contacts: [],
      sites: [],
      status: 'active',
    };
    await records.scope(id).commit({ action: 'calibration.customer.created', create: [{ kind, id, data }] });
  }
}

function customerId(slug: string, index: number): string {
  return joinId('cus', undefined, derivedKey('growth', slug, String(index)));
}

function kindOf({ app }: Composition, name: string): RecordKind {
  const kind = app.kinds.find(known => known.name === name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}

/**
 * Each instrument is a commit of its own, made whole by the product: document, change, sort keys, tokens, seals. Only the way to
 * the database is another: many commits, also of many tenants, share a bulk request. `end` waits for the last of them.
 */
function openFiller(product: Composition): {
  fill(slug: string, from: number, to: number): Promise<void>;
  end(): Promise<void>;
} {
  const { keyring, platform, stores } = product;
  const bulk = openBulk(stores.records);
  // Nothing is deleted meanwhile, so nothing is pinned; a pin is gone after ten minutes anyway.
  const kinds = product.app.kinds.map(({ usedBy: _usedBy, ...kind }) => kind);
  const { now, newKey } = platform;
  const tools = { store: bulk.store, archive: stores.archive, now, newKey, keyring, kinds };
  const door = recordsDoor({ ...tools, committed: () => undefined });
  const kind = kindOf(product, 'calibration.equipment');
  const action = 'calibration.equipment.created';
  return {
    fill: async (slug, from, to) => {
      const records = door.for(systemCaller(tenantOf(slug).id, slug, 'growth'));
      for (let number = from; number < to; number += 1) {
        const id = newRecordId(kind, newKey());
        const data = { ...instrument(number, customerId(slug, number % CUSTOMERS)), status: 'active' };
        await records.scope(id).commit({ action, create: [{ kind, id, data }] });
        // Making waits for nothing, so those that are on their way would not get on.
        if (number % 20 === 0) await new Promise(setImmediate);
        await bulk.room();
      }
    },
    end: bulk.end,
  };
}

/** A store that keeps what is created until it is enough for a request; the next ones are made while these are on their way. */
function openBulk(real: Store): { readonly store: Store; room(): Promise<void>; end(): Promise<void> } {
  const waiting: OperationInput[] = [];
  const sending: Promise<void>[] = [];
  const store: Store = {
    ...real,
    batch: async (key, operations) => {
      const isPinning = operations.some(({ kind }) => kind === 'read');
      if (isPinning) return real.batch(key, operations);
      for (const operation of operations) {
        if (operation.kind !== 'create') throw new Error('only what is new is filled in');
        const resourceBody = operation.item as unknown as JSONObject; // items are plain JSON
        waiting.push({ operationType: 'Create', partitionKey: [...key], resourceBody });
      }
      return { done: true, etags: operations.map(() => ''), items: [] };
    },
  };
  return {
    store,
    room: async () => {
      if (waiting.length < AT_ONCE) return;
      if (sending.length >= UNDER_WAY) await sending.shift();
      sending.push(send(real, waiting.splice(0)));
    },
    end: async () => {
      if (waiting.length > 0) sending.push(send(real, waiting.splice(0)));
      await Promise.all(sending);
    },
  };
}

async function send(store: Store, operations: OperationInput[]): Promise<void> {
  const { items } = await store.container();
  const results = await items.executeBulkOperations(operations, { contentResponseOnWriteEnabled: false });
  const failed = results.find(({ response }) => response?.statusCode !== 201);
  if (failed !== undefined) throw new Error('a bulk operation failed', { cause: failed.error });
}

async function look(product: Composition, { look: slug, records }: LookOrder): Promise<Look> {
  const tenant = tenantOf(slug);
  const door = product.platform.records.for(systemCaller(tenant.id, slug, 'growth'));
  const token = await product.platform.identity.issue(
    { user: 'usr_growth', tenant: tenant.id, name: 'An owner', roles: ['tenant-owner'] },
    TOKEN_SECONDS,
  );
  return {
    token,
    customers: Array.from({ length: CUSTOMERS }, (_, index) => customerId(slug, index)),
    middle: await middleOf(product, door, records),
  };
}

/** The cursor of a reader who went through half of the instruments, page by page. */
async function middleOf(product: Composition, records: TenantRecords, count: number): Promise<string> {
  const kind = kindOf(product, 'calibration.equipment');
  let cursor: string | undefined;
  for (let seen = 0; seen < count / 2; ) {
    const page = await records.list(kind, {
      limit: Math.min(PAGE, count / 2),
      sort: '-createdAt',
      ...(cursor === undefined ? {} : { cursor }),
    });
    seen += page.items.length;
    if (page.next === undefined) throw new Error(`the list ended after ${seen} rows`);
    cursor = page.next;
  }
  return cursor ?? '';
}
