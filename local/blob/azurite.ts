import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { azuriteBundle } from './azurite-bundle.ts';

/** A document of Azurite's in-memory database (LokiJS); `$loki` is its id within its collection. */
export type LokiDocument = { $loki: number } & Record<string, unknown>;

export type LokiCollection = {
  readonly name: string;
  readonly uniqueNames: readonly string[];
  data: LokiDocument[];
  maxId: number;
  ensureId(): void;
  ensureAllIndexes(force: boolean): void;
  ensureUniqueIndex(field: string): unknown;
  on(event: 'insert' | 'update' | 'delete', listener: (document: LokiDocument) => void): void;
  findOne: (query: Readonly<Record<string, unknown>>) => LokiDocument | null;
};

type MetadataStore = {
  readonly db: {
    readonly collections: readonly LokiCollection[];
    getCollection(name: string): LokiCollection;
  };
  init(): Promise<void>;
};

type Service = { init(): Promise<void>; close(): Promise<void> };

type BlobMetadataStore = MetadataStore & {
  createContainer(context: undefined, container: object): Promise<object>;
};

/** The parts of Azurite (version as pinned in package.json) that make up its blob service. */
export type Azurite = {
  readonly AccountDataStore: new (logger: object) => Service;
  readonly BlobGCManager: new (
    blobs: MetadataStore,
    extents: MetadataStore,
    files: Service,
    onError: (error: Error) => void,
    logger: object,
  ) => { start(): Promise<void>; close(): Promise<void> };
  readonly BlobRequestListenerFactory: new (
    blobs: MetadataStore,
    files: Service,
    accounts: Service,
    accessLog: boolean,
    accessLogStream: undefined,
    loose: boolean,
    skipApiVersionCheck: boolean,
    oauth: number,
    pathStyleOnly: boolean,
  ) => { createRequestListener(): RequestListener };
  readonly FSExtentStore: new (
    metadata: MetadataStore,
    locations: readonly { locationId: string; locationPath: string; maxConcurrency: number }[],
    logger: object,
  ) => Service;
  readonly LokiBlobMetadataStore: new (path: string, inMemory: boolean) => BlobMetadataStore;
  readonly LokiExtentMetadataStore: new (path: string, inMemory: boolean) => MetadataStore;
  readonly OAuthLevel: { readonly BASIC: number };
  readonly logger: object;
  newEtag(): string;
};

/** Loads Azurite's blob service, bundled into one file on first use. */
export async function loadAzurite(): Promise<Azurite> {
  // Azurite ships no types; the shape above is what this folder uses of it and its tests exercise.
  return createRequire(import.meta.url)(await azuriteBundle()) as Azurite;
}
