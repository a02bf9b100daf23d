import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Bus } from './bus.ts';

const shift = z.strictObject({ milliseconds: z.number() });

/**
 * The control port for tests, on 127.0.0.1 only: `POST /faults` adds a fault, `DELETE /faults` removes
 * all, `POST /clock` with `{"milliseconds": n}` jumps the broker's clock.
 */
export function serveAdmin(bus: Bus, port: number): Promise<{ port: number; close: () => void }> {
  const server = createServer((request, response) => {
    answer(bus, request, response).catch(error => respond(response, 400, { error: String(error) }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ port: bound, close: () => closeAtOnce(server) });
    });
  });
}

function closeAtOnce(server: Server): void {
  server.close();
  server.closeAllConnections();
}

async function answer(bus: Bus, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readJson(request);
  switch (`${request.method} ${request.url}`) {
    case 'POST /faults':
      bus.faults.add(body);
      break;
    case 'DELETE /faults':
      bus.faults.clear();
      break;
    case 'POST /clock':
      bus.clock.shift(shift.parse(body).milliseconds);
      break;
    default:
      respond(response, 404, {
        error: 'POST /faults, DELETE /faults and POST /clock are what this port knows.',
      });
      return;
  }
  // The answer leaves after the effect: what a jump of the clock made due is committed and on the wire.
  bus.store.afterCommit(() => respond(response, 200, {}));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : JSON.parse(text);
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
