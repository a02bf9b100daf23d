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

export type RequestContext = { readonly contextId: string };
export type Conditions = { readonly ifMatch?: string } | undefined;
export type BlobModel = {
  readonly accountName: string;
  readonly containerName: string;
  readonly name: string;
  readonly snapshot?: string;
};
export type BlobPlace = {
  readonly account: string;
  readonly container: string;
  readonly blob: string;
  readonly snapshot?: string | undefined;
};

type Read = (
  context: RequestContext,
  account: string,
  container: string,
  blob: string,
  snapshot: string | undefined,
  lease: object | undefined,
  conditions: Conditions,
) => Promise<object>;

type Copy = (
  context: RequestContext,
  source: BlobPlace,
  target: BlobPlace,
  url: string,
  metadata: object | undefined,
  tier: string | undefined,
  options: { readonly modifiedAccessConditions?: Conditions } | undefined,
) => Promise<object>;

export type BlobMetadataStore = MetadataStore & {
  createContainer(context: undefined, container: object): Promise<object>;
  checkContainerExist(context: RequestContext, account: string, container: string): Promise<void>;
  createBlob: (
    context: RequestContext,
    blob: BlobModel,
    lease: object | undefined,
    conditions: Conditions,
  ) => Promise<object>;
  commitBlockList: (
    context: RequestContext,
    blob: BlobModel,
    blocks: readonly object[],
    lease: object | undefined,
    conditions: Conditions,
  ) => Promise<object>;
  downloadBlob: Read;
  getBlobProperties: Read;
  getBlobTag: Read;
  startCopyFromURL: Copy;
  copyFromURL: Copy;
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
  readonly StorageErrorFactory: { getConditionNotMet(contextId: string): Error };
  readonly logger: object;
  newEtag(): string;
};

/** Loads Azurite's blob service, bundled into one file on first use. */
export async function loadAzurite(): Promise<Azurite> {
  // Azurite ships no types; the shape above is what this folder uses of it and its tests exercise.
  return createRequire(import.meta.url)(await azuriteBundle()) as Azurite;
}
