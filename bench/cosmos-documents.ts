/** What the benchmark of the local Cosmos works on, the same for the SDK and for raw SQLite. */
export type BenchDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly number: number;
  readonly status: string;
  readonly text: string;
};

export type Key = readonly [tenantId: string, scope: string];

/** Tenants and scopes, each scope with its documents: 8,000 documents in all. */
export const TENANTS = 4;
export const SCOPES = 10;
export const DOCUMENTS = 200;
/** Documents of a query, and operations of a batch. */
export const PAGE = 50;
export const BATCH = 5;

/** A kilobyte of JSON, as Azure's own figure of one request unit for a point read assumes. */
const BYTES = 1024;

/** The keys of all scopes. */
export function keys(): readonly Key[] {
  return Array.from({ length: TENANTS * SCOPES }, (_, index) => [
    `tenant-${index % TENANTS}`,
    `scope-${Math.floor(index / TENANTS)}`,
  ]);
}

/** One document, whose JSON has 1,024 bytes. */
export function documentOf([tenantId, scope]: Key, id: string, number: number): BenchDocument {
  const document = { id, tenantId, scope, number, status: number % 7 === 0 ? 'closed' : 'open', text: '' };
  return { ...document, text: 'x'.repeat(BYTES - JSON.stringify(document).length) };
}

/** The stored documents of one scope. */
export function stored(key: Key): readonly BenchDocument[] {
  return Array.from({ length: DOCUMENTS }, (_, number) => documentOf(key, `document-${number}`, number));
}

/** The nth piece of work goes round the scopes and, within each, over the documents by steps that meet all of them. */
export function place(n: number): { readonly key: Key; readonly number: number } {
  const all = keys();
  const key = all[n % all.length] ?? ['', ''];
  return { key, number: (Math.floor(n / all.length) * 37 + n) % DOCUMENTS };
}

/** The new documents of the nth batch: ids that no other batch of the run has. */
export function batchOf(
  n: number,
  run: string,
): { readonly key: Key; readonly documents: readonly BenchDocument[] } {
  const { key } = place(n);
  const documents = Array.from({ length: BATCH }, (_, index) =>
    // Beyond the numbers that queries ask for.
    documentOf(key, `${run}-${n}-${index}`, DOCUMENTS * 10 + index),
  );
  return { key, documents };
}

/** Where the nth query begins, so that a whole page follows. */
export function pageStart(n: number): number {
  return place(n).number % (DOCUMENTS - PAGE + 1);
}
