import { createServer, type Server } from 'node:http';
import { withControl } from '../faults/control.ts';
import type { Bus } from './bus.ts';

/** The port beside AMQP, on 127.0.0.1 only: the control interface of the faults (local/faults/README.md). */
export function serveAdmin(
  bus: Bus,
  port: number,
  token: string | undefined,
): Promise<{ port: number; close: () => void }> {
  // The answer leaves after the effect: what a jump of the clock made due is committed and on the wire.
  const control = { token, whenDone: (answer: () => void) => bus.store.afterCommit(answer) };
  const server = createServer(
    withControl(bus.faults, control, (_, response) => void response.writeHead(404).end()),
  );
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
