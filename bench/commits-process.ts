/** Commits so many changes at once on the stack that the environment describes, and the same documents as bare batches. */
import * as z from 'zod';
import { openProduct } from '../scripts/provision.ts';
import { systemCaller } from '../shared/kernel/index.ts';
import {
  type Cost,
  defineRecord,
  metered,
  newRecordId,
  type RecordKind,
  recordsDoor,
  type Saved,
  type Store,
} from '../shared/platform/records/index.ts';
import { answerOrder } from './child-process.ts';

export type CommitsOrder = { readonly changes: readonly number[] };
export type CommitCost = {
  readonly changes: number;
  readonly kind: 'create' | 'update';
  readonly commit: Cost;
  /** The same documents in one transactional batch, without what makes it a commit. */
  readonly bare: Cost;
};

type Operations = Parameters<Store['batch']>[1];

/** Half a kilobyte with two filters and one order. */
const Thing = z.strictObject({ state: z.string(), owner: z.string(), name: z.string(), text: z.string() });
const thing: RecordKind = defineRecord({
  name: 'bench.thing',
  prefix: 'thi',
  home: { fixed: 'bench' },
  schema: Thing,
  indexed: ({ state, owner }) => ({ state, owner }),
  sorted: ({ name }) => ({ name }),
  readPermission: 'bench.thing:read',
}) as unknown as RecordKind; // kinds are used as such of unknown data
const dataOf = (number: number, state: string) => ({
  ...{ state, owner: `owner-${number % 5}`, name: `Thing ${number}` },
  text: 'What there is to say of it. '.repeat(14),
});

answerOrder(async ({ changes }: CommitsOrder): Promise<readonly CommitCost[]> => {
  const product = openProduct({ ...process.env, MESSAGING_DIRECT_SEND: 'false' });
  const { keyring, platform, stores } = product;
  const { now, newKey } = platform;
  let sent: Operations = [];
  const store: Store = {
    ...stores.records,
    batch: (key, operations) => {
      sent = operations;
      return stores.records.batch(key, operations);
    },
  };
  const tools = { store, archive: stores.archive, now, newKey, keyring, kinds: [thing] };
  const door = recordsDoor({ ...tools, committed: () => undefined });
  const scope = door.for(systemCaller('tnt_bench', 'bench', 'bench')).scope('bench');
  const commit = (request: Parameters<typeof scope.commit>[0]) => metered(() => scope.commit(request));
  // The first commit of a tenant makes its keys.
  await commit({
    action: 'bench.first',
    create: [{ kind: thing, id: newRecordId(thing, newKey()), data: dataOf(0, 'open') }],
  });
  const costs: CommitCost[] = [];
  for (const count of changes) {
    const numbers = Array.from({ length: count }, (_, index) => index);
    const create = numbers.map(number => ({
      kind: thing,
      id: newRecordId(thing, newKey()),
      data: dataOf(number, 'open'),
    }));
    const made = await commit({ action: 'bench.made', create });
    const bareKey = ['tnt_bare', newKey()] as const;
    const bareMade = await metered(() => stores.records.batch(bareKey, bareOf(sent, bareKey, [])));
    costs.push({ changes: count, kind: 'create', commit: made.cost, bare: bareMade.cost });
    const saved: readonly Saved<unknown>[] = [...made.result.saved.values()];
    const update = saved.map((record, number) => ({ record, data: dataOf(number, 'done') }));
    const changed = await commit({ action: 'bench.changed', update });
    if (!bareMade.result.done) throw new Error('a bare batch was refused');
    const { etags } = bareMade.result;
    const bareChanged = await metered(() => stores.records.batch(bareKey, bareOf(sent, bareKey, etags)));
    if (!bareChanged.result.done) throw new Error('a bare batch was refused');
    costs.push({ changes: count, kind: 'update', commit: changed.cost, bare: bareChanged.cost });
  }
  return costs;
});

/** The records of a commit, without its change, in a partition of their own. */
function bareOf(
  sent: Operations,
  [tenantId, scope]: readonly [string, string],
  etags: readonly string[],
): Operations {
  return sent.flatMap((operation, index): Operations => {
    if (!('item' in operation) || !('kind' in operation.item)) return [];
    const item = { ...operation.item, tenantId, scope };
    return operation.kind === 'replace'
      ? [{ ...operation, item, etag: etags[index] ?? '' }]
      : [{ ...operation, item }];
  });
}
