import type { RequestListener } from 'node:http';
import { sendRefusal, storageRefusal } from './refusal.ts';

const PREFIX = 'x-ms-meta-';
const MOST_BYTES = 8192;

/**
 * Refuses metadata of more than 8 KB, names and values together, which Azurite takes
 * (https://learn.microsoft.com/rest/api/storageservices/setting-and-retrieving-properties-and-metadata-for-blob-resources).
 */
export function withMetadataLimit(listener: RequestListener): RequestListener {
  return (request, response) => {
    let bytes = 0;
    for (const [name, value] of Object.entries(request.headers))
      if (name.startsWith(PREFIX)) bytes += name.length - PREFIX.length + Buffer.byteLength(String(value));
    if (bytes <= MOST_BYTES) return listener(request, response);
    const message = 'The metadata specified exceeds the maximum permissible limit.';
    return sendRefusal(storageRefusal(400, 'MetadataTooLarge', message), request, response);
  };
}
