import model from './charge-model.json' with { type: 'json' };

const kilobyte = 1024;

function rounded(units: number): number {
  return Math.round(units * 100) / 100;
}

/**
 * How much dearer a read is at a consistency level: Strong and Bounded Staleness read two replicas.
 * https://learn.microsoft.com/azure/cosmos-db/consistency-levels#consistency-levels-and-throughput
 */
export function readFactor(level: string): number {
  return level === 'Strong' || level === 'BoundedStaleness' ? model.read.strongFactor : 1;
}

/** The request units of a point read of so many bytes. */
export function readCharge(bytes: number, factor = 1): number {
  const further = Math.max(0, Math.ceil(bytes / kilobyte) - 1);
  return rounded(factor * (model.read.base + further * model.read.perFurtherKilobyte));
}

/** The request units of a write: by size and by indexed properties; replacing also removes the old index entries. */
export function writeCharge(kind: 'create' | 'replace' | 'delete', bytes: number, indexed: number): number {
  const { base, perKilobyte, perIndexedProperty, replaceFactor, deleteFactor } = model.write;
  const units = base + (bytes / kilobyte) * perKilobyte + indexed * perIndexedProperty;
  if (kind === 'replace') return rounded(units * replaceFactor);
  return rounded(kind === 'delete' ? units * deleteFactor : units);
}

export type QueryWork = {
  readonly partitions: number;
  readonly scanned: number;
  readonly scannedBytes: number;
  readonly returned: number;
  readonly returnedBytes: number;
};

/** The request units of one page of a query. */
export function queryCharge(work: QueryWork, factor: number): number {
  const { query } = model;
  const units =
    work.partitions * query.perPartition +
    work.scanned * query.perDocumentScanned +
    work.returned * query.perDocumentReturned +
    (work.scannedBytes / kilobyte) * query.perScannedKilobyte +
    (work.returnedBytes / kilobyte) * query.perReturnedKilobyte;
  return rounded(factor * units);
}

/** The request units of one page of a change feed. */
export function changeFeedCharge(bytes: number, factor: number): number {
  return rounded(factor * (model.changeFeed.base + (bytes / kilobyte) * model.changeFeed.perKilobyte));
}

/** The request units of reading or writing a database or container. */
export function metadataCharge(kind: 'read' | 'write'): number {
  return model.metadata[kind];
}
