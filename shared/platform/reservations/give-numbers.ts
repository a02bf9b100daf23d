import { type PartitionKey, recordFault, type Store } from '../records/index.ts';
import { type HeadEntry, type NumberEntry, numberId, type OwnerEntry, ownerId } from './entries.ts';

/** One document's wish for a number. */
export type Ask = {
  readonly document: string;
  readonly scope: string;
  readonly reservedAt: string;
  readonly expiresAt: string;
  /** How a number of this register is written now. */
  readonly write: (sequence: number) => string;
};

export type Given = { readonly sequence: number; readonly number: string };

type Waiting = {
  readonly ask: Ask;
  readonly resolve: (given: Given) => void;
  readonly reject: (error: unknown) => void;
};
type Line = { readonly waiting: Waiting[]; running: boolean };
type Head = { readonly next: number; readonly etag: string | undefined };

/** Head, number and pointer: two items for each ask and one for all, well below a batch's 100. */
const MOST_IN_ONE_BATCH = 40;
const MOST_TRIES = 25;

/**
 * Gives the numbers of registers in order. Asks of one process for one register stand in line and are
 * answered many at a time, so the register's head is no bottleneck; several processes meet at the head's ETag.
 */
export function numberGiver(store: Store): (key: PartitionKey, ask: Ask) => Promise<Given> {
  const lines = new Map<string, Line>();
  return (key, ask) =>
    new Promise((resolve, reject) => {
      const name = key.join('/');
      const line = lines.get(name) ?? { waiting: [], running: false };
      lines.set(name, line);
      line.waiting.push({ ask, resolve, reject });
      if (line.running) return;
      line.running = true;
      void serve(store, key, line).finally(() => lines.delete(name));
    });
}

async function serve(store: Store, key: PartitionKey, line: Line): Promise<void> {
  while (line.waiting.length > 0) {
    const group = line.waiting.splice(0, MOST_IN_ONE_BATCH);
    try {
      const given = await giveAll(
        store,
        key,
        group.map(entry => entry.ask),
      );
      for (const { ask, resolve } of group) resolve(ownOf(given, ask));
    } catch (error) {
      for (const entry of group) entry.reject(error);
    }
  }
  line.running = false;
}

function ownOf(given: ReadonlyMap<string, Given>, { document }: Ask): Given {
  const own = given.get(document);
  if (own === undefined) throw new Error(`no number was given to ${document}`);
  return own;
}

async function giveAll(
  store: Store,
  key: PartitionKey,
  asks: readonly Ask[],
): Promise<ReadonlyMap<string, Given>> {
  const given = new Map<string, Given>();
  let open = [...new Map(asks.map(ask => [ask.document, ask])).values()];
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const { head, owned } = await look(store, key, open);
    for (const { id, sequence, number } of owned)
      given.set(id.slice(ownerId('').length), { sequence, number });
    open = open.filter(ask => !given.has(ask.document));
    if (open.length === 0) return given;
    if (await take(store, key, head, open)) {
      for (const [index, ask] of open.entries()) given.set(ask.document, givenTo(ask, head.next + index));
      return given;
    }
  }
  throw recordFault('platform.busy');
}

/** The head and the pointers of documents that have a number already, in one round trip. */
async function look(
  store: Store,
  key: PartitionKey,
  asks: readonly Ask[],
): Promise<{ readonly head: Head; readonly owned: readonly OwnerEntry[] }> {
  const rows = await store.query<HeadEntry | OwnerEntry>(key, {
    text: "SELECT * FROM c WHERE c.id = 'head' OR ARRAY_CONTAINS(@owners, c.id)",
    parameters: { owners: asks.map(ask => ownerId(ask.document)) },
  });
  const head = rows.find(row => row.type === 'head');
  return {
    head: head?.type === 'head' ? { next: head.next, etag: head._etag } : { next: 1, etag: undefined },
    owned: rows.filter(row => row.type === 'owner') as readonly OwnerEntry[],
  };
}

function givenTo({ write }: Ask, sequence: number): Given {
  return { sequence, number: write(sequence) };
}

async function take(store: Store, key: PartitionKey, head: Head, asks: readonly Ask[]): Promise<boolean> {
  const [tenantId = '', register = ''] = key;
  const next: HeadEntry = { id: 'head', tenantId, register, type: 'head', next: head.next + asks.length };
  const items = asks.flatMap((ask, index): readonly (NumberEntry | OwnerEntry)[] => {
    const { sequence, number } = givenTo(ask, head.next + index);
    const { document, scope, reservedAt, expiresAt } = ask;
    return [
      {
        id: numberId(sequence),
        tenantId,
        register,
        type: 'number',
        sequence,
        number,
        state: 'reserved',
        owner: document,
        ownerScope: scope,
        reservedAt,
        expiresAt,
        reason: null,
      },
      { id: ownerId(document), tenantId, register, type: 'owner', sequence, number },
    ];
  });
  const outcome = await store.batch(key, [
    head.etag === undefined
      ? { kind: 'create', item: next }
      : { kind: 'replace', item: next, etag: head.etag },
    ...items.map(item => ({ kind: 'create' as const, item })),
  ]);
  return outcome.done;
}
