import type {
  Azurite,
  BlobMetadataStore,
  BlobModel,
  BlobPlace,
  Conditions,
  RequestContext,
} from './azurite.ts';

/**
 * Brings conditions on blobs that do not exist in line with Azure, where Azurite is kinder or words it otherwise: `If-Match: *`
 * lets nothing be made (412), and reading under `If-Match` is 404 like any other reading of nothing.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export function refuseMissingBlobs({ StorageErrorFactory }: Azurite, blobs: BlobMetadataStore): void {
  const collection = blobs.db.getCollection('$BLOBS_COLLECTION$');
  const isMissing = ({ account, container, blob, snapshot = '' }: BlobPlace): boolean => {
    const found = collection.findOne({
      accountName: account,
      containerName: container,
      name: blob,
      snapshot,
    });
    return found === null || found['isCommitted'] === false;
  };
  const checkWrite = async (
    context: RequestContext,
    place: BlobPlace,
    conditions: Conditions,
  ): Promise<void> => {
    if (conditions?.ifMatch?.trim() !== '*') return;
    await blobs.checkContainerExist(context, place.account, place.container);
    if (isMissing(place)) throw StorageErrorFactory.getConditionNotMet(context.contextId);
  };
  guardWrites(blobs, checkWrite);
  for (const name of ['downloadBlob', 'getBlobProperties', 'getBlobTag'] as const) {
    const read = blobs[name].bind(blobs);
    blobs[name] = (context, account, container, blob, snapshot, lease, conditions) => {
      const missing = isMissing({ account, container, blob, snapshot });
      const { ifMatch, ...others } = conditions ?? {};
      return read(context, account, container, blob, snapshot, lease, missing ? others : conditions);
    };
  }
}

type WriteCheck = (context: RequestContext, place: BlobPlace, conditions: Conditions) => Promise<void>;

/** Everything that makes a blob asks first. */
function guardWrites(blobs: BlobMetadataStore, check: WriteCheck): void {
  const create = blobs.createBlob.bind(blobs);
  blobs.createBlob = async (context, blob, lease, conditions) => {
    await check(context, placeOf(blob), conditions);
    return create(context, blob, lease, conditions);
  };
  const commit = blobs.commitBlockList.bind(blobs);
  blobs.commitBlockList = async (context, blob, blocks, lease, conditions) => {
    await check(context, placeOf(blob), conditions);
    return commit(context, blob, blocks, lease, conditions);
  };
  for (const name of ['startCopyFromURL', 'copyFromURL'] as const) {
    const copy = blobs[name].bind(blobs);
    blobs[name] = async (context, source, target, url, metadata, tier, options) => {
      await check(context, target, options?.modifiedAccessConditions);
      return copy(context, source, target, url, metadata, tier, options);
    };
  }
}

function placeOf({ accountName, containerName, name, snapshot }: BlobModel): BlobPlace {
  return { account: accountName, container: containerName, blob: name, snapshot };
}
