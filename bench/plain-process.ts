/** The least that answers over HTTP in Node: it reads the request and sends bytes that it has. */
import { createServer } from 'node:http';
import type { PlainAnswer } from './plain-server.ts';

process.once('message', ({ status, headers, body }: PlainAnswer) => {
  const bytes = Buffer.from(body);
  const head = { ...headers, 'content-length': String(bytes.length) };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, head).end(bytes));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' ? address?.port : 0);
  });
});
process.once('disconnect', () => process.exit(0));
