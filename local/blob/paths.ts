import type { RequestListener } from 'node:http';
import type { HttpRefusal } from '../faults/guard.ts';
import { sendRefusal, storageRefusal } from './refusal.ts';

/** In units of UTF-16 (Azure/azure-storage-cpp#291). https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#blob-names */
const LONGEST_NAME = 1024;
const MOST_SEGMENTS = 254;

/** Refuses what is no path, and names that Azure does not take though Azurite does (Azure/Azurite#398). */
export function withPaths(listener: RequestListener): RequestListener {
  return (request, response) => {
    const refusal = problemOf(request.url ?? '/');
    if (refusal === undefined) listener(request, response);
    else sendRefusal(refusal, request, response);
  };
}

function problemOf(url: string): HttpRefusal | undefined {
  const name = blobName(url);
  if (name === undefined)
    return storageRefusal(
      400,
      'InvalidUri',
      'The requested URI does not represent any resource on the server.',
    );
  if (name.length > LONGEST_NAME || name.split('/').length > MOST_SEGMENTS)
    return storageRefusal(400, 'OutOfRangeInput', 'One of the request inputs is out of range.');
  return undefined;
}

/** The decoded name of the blob in `/account/container/blob`, empty where there is none; undefined when the path is malformed. */
function blobName(url: string): string | undefined {
  try {
    const { pathname } = new URL(url, 'https://localhost');
    return decodeURIComponent(pathname).split('/').slice(3).join('/');
  } catch {
    return undefined;
  }
}
