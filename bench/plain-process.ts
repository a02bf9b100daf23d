/** The least that answers over HTTP in Node: it reads the request and sends bytes that it has. */
import { createServer } from 'node:http';
import { serveOrder } from './child-process.ts';
import { listenFree } from './listen-free.ts';
import type { PlainAnswer } from './plain-server.ts';

serveOrder(({ status, headers, body }: PlainAnswer) => {
  const bytes = Buffer.from(body);
  const head = { ...headers, 'content-length': String(bytes.length) };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, head).end(bytes));
  });
  return listenFree(server);
});
