import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRefusal } from '../faults/guard.ts';

/** A refusal in the words of Blob Storage: https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
export function storageRefusal(status: number, code: string, message: string): HttpRefusal {
  const requestId = randomUUID();
  const body =
    `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code>` +
    `<Message>${message}\nRequestId:${requestId}\nTime:${new Date().toISOString()}</Message></Error>`;
  return {
    status,
    headers: {
      'content-type': 'application/xml',
      'content-length': String(Buffer.byteLength(body)),
      'x-ms-error-code': code,
      'x-ms-request-id': requestId,
    },
    body,
  };
}

/** Answers a request with a refusal before the service has seen it. */
export function sendRefusal(refusal: HttpRefusal, request: IncomingMessage, response: ServerResponse): void {
  // A client that still sends its body would not read the answer.
  request.resume();
  response.writeHead(refusal.status, refusal.headers);
  response.end(request.method === 'HEAD' ? undefined : refusal.body);
}
