import { createServer, type Server } from 'node:net';
import rhea, { type Connection, type Container, type EventContext } from 'rhea';
import type { Bus } from './bus.ts';
import { ClientConnection } from './connection.ts';
import { FrontDoor, type Rooms, type Tls } from './front-door.ts';
import { maxMessageBytes } from './incoming-link.ts';
import { acceptStream, cutConnection, farewell, listenTo, whenGone } from './rhea-seams.ts';

/** The limits that Service Bus announces; buffers are large so that a lock held long does not stop the link. */
const announced = {
  max_frame_size: 65_536,
  channel_max: 4999,
  idle_time_out: 240_000,
  session_buffer_size: { outgoing: 65_536, incoming: 2048 },
  tcp_no_delay: true,
  receiver_options: { autoaccept: false, credit_window: 1000, max_message_size: maxMessageBytes },
  sender_options: { treat_modified_as_released: false },
};

/** A socket that accepts clients. */
type Listener = { readonly port: number; readonly close: () => Promise<void> };

type Options = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly http: Rooms['http'];
  /** Without it only plain AMQP and HTTP are spoken. */
  readonly tls: Tls | undefined;
};

/** Listens for clients of all protocols on 127.0.0.1. */
export function listen(bus: Bus, { port, http, tls }: Options): Promise<Listener> {
  const container = rhea.create_container({ id: 'local-service-bus' });
  const clients = serveClients(container, bus);
  const door = new FrontDoor({ http, amqp: stream => acceptStream(container, stream, announced) }, tls);
  const server = createServer({ noDelay: true }, socket => door.admit(socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({
        port: portOf(server),
        close: () => {
          const closed = closeServer(server, clients.keys());
          door.close();
          return closed;
        },
      }),
    );
  });
}

function serveClients(container: Container, bus: Bus): ReadonlyMap<Connection, ClientConnection> {
  const clients = new Map<Connection, ClientConnection>();
  const on = (event: string, handle: (client: ClientConnection, context: EventContext) => void): void =>
    listenTo(bus.store, container, event, context => {
      const client = clients.get(context.connection);
      if (client !== undefined) handle(client, context);
    });
  const forget = (connection: Connection): void => {
    clients.get(connection)?.close();
    clients.delete(connection);
  };
  listenTo(bus.store, container, 'connection_open', ({ connection }) => {
    clients.set(connection, new ClientConnection(bus, connection));
    whenGone(connection, () => forget(connection));
  });
  on('receiver_open', (client, { receiver }) => receiver && client.openReceiver(receiver));
  on('sender_open', (client, { sender }) => sender && client.openSender(sender));
  on('receiver_close', (client, { receiver }) => receiver && client.closeLink(receiver));
  on('sender_close', (client, { sender }) => sender && client.closeLink(sender));
  on('session_close', (client, { session }) => client.close(session));
  on('connection_close', (_, { connection }) => forget(connection));
  on('disconnected', (_, { connection }) => forget(connection));
  for (const event of ['connection_error', 'session_error', 'sender_error', 'receiver_error'])
    container.on(event, ignore);
  for (const event of ['protocol_error', 'error']) container.on(event, reportError);
  return clients;
}

/** A client that breaks the protocol loses its connection; the others are not disturbed. */
function reportError(error: Error): void {
  process.stderr.write(`service-bus: ${error.message}\n`);
}

function ignore(): void {
  // Errors of the client's side; the close that follows is what matters. rhea throws when nobody listens.
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closeServer(server: Server, open: Iterable<Connection>): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  for (const connection of open) {
    connection.close({ condition: 'amqp:connection:forced', description: 'The service is shutting down.' });
    setTimeout(() => cutConnection(connection), farewell);
  }
  return closed;
}
