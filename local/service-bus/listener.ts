import rhea, { type Connection, type EventContext } from 'rhea';
import type { Bus } from './bus.ts';
import { ClientConnection } from './connection.ts';
import { maxMessageBytes } from './incoming-link.ts';
import { cutConnection, listenTo, whenGone } from './rhea-seams.ts';
import type { SharedAccessKey } from './sas.ts';

/** Listens for clients on 127.0.0.1. Resolves with the port and what closes the server. */
export function listen(
  bus: Bus,
  keys: readonly SharedAccessKey[],
  port: number,
): Promise<{ port: number; close: () => Promise<void> }> {
  const container = rhea.create_container({ id: 'local-service-bus' });
  const clients = new Map<Connection, ClientConnection>();
  const clientOf = (context: EventContext): ClientConnection | undefined => clients.get(context.connection);
  const forget = (connection: Connection): void => {
    clients.get(connection)?.close();
    clients.delete(connection);
  };
  listenTo(container, 'connection_open', ({ connection }) => {
    clients.set(connection, new ClientConnection(bus, keys, connection));
    whenGone(connection, () => forget(connection));
  });
  listenTo(
    container,
    'receiver_open',
    context => context.receiver && clientOf(context)?.openReceiver(context.receiver),
  );
  listenTo(
    container,
    'sender_open',
    context => context.sender && clientOf(context)?.openSender(context.sender),
  );
  listenTo(
    container,
    'receiver_close',
    context => context.receiver && clientOf(context)?.closeLink(context.receiver),
  );
  listenTo(
    container,
    'sender_close',
    context => context.sender && clientOf(context)?.closeLink(context.sender),
  );
  listenTo(container, 'session_close', context => clientOf(context)?.close(context.session));
  for (const end of ['connection_close', 'disconnected'])
    listenTo(container, end, context => forget(context.connection));
  for (const noise of ['connection_error', 'session_error', 'sender_error', 'receiver_error'])
    container.on(noise, nothing);
  for (const broken of ['protocol_error', 'error']) container.on(broken, reportError);
  const server = container.listen({ port, host: '127.0.0.1', ...linkOptions } as Parameters<
    typeof container.listen
  >[0]);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ port: bound, close: () => closeServer(server, clients.keys()) });
    });
  });
}

/** The limits that Service Bus announces; buffers are large so that a lock held long does not stop the link. */
const linkOptions = {
  max_frame_size: 65_536,
  channel_max: 4999,
  idle_time_out: 240_000,
  session_buffer_size: { outgoing: 65_536, incoming: 2048 },
  tcp_no_delay: true,
  receiver_options: { autoaccept: false, credit_window: 1000, max_message_size: maxMessageBytes },
  sender_options: { treat_modified_as_released: false },
};

/** A client that breaks the protocol loses its connection; the others are not disturbed. */
function reportError(error: Error): void {
  process.stderr.write(`service-bus: ${error.message}\n`);
}

function closeServer(
  server: { close: (done: () => void) => unknown },
  open: Iterable<Connection>,
): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  for (const connection of open) {
    connection.close({ condition: 'amqp:connection:forced', description: 'The service is shutting down.' });
    setTimeout(() => cutConnection(connection), 200);
  }
  return closed;
}

function nothing(): void {
  // These are errors of the client's side; the close that follows is what matters.
}
