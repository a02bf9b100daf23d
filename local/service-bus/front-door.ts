import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';

/** Certificate and key as PEM. */
export type Tls = { readonly cert: string | Buffer; readonly key: string | Buffer };

/** What stands behind the door. */
export type Rooms = {
  /** Gets a stream whose first bytes are an AMQP protocol header. */
  readonly amqp: (stream: Duplex) => void;
  readonly http: RequestListener;
};

/** The path at which clients ask for AMQP over WebSockets. */
const webSocketPath = '/$servicebus/websocket';

/** The subprotocol of AMQP over WebSockets (AMQP WebSocket binding, working draft). */
const webSocketProtocol = 'AMQPWSB10';

/** The content type of the first record of a TLS handshake. */
const tlsHandshake = 0x16;

/**
 * One port for everything: the SDK derives the address of each of its clients from the same endpoint, so
 * that AMQP (plain or TLS), the administration's HTTPS and AMQP over WebSockets must share it. The first bytes
 * tell which of them a client speaks.
 */
export class FrontDoor {
  readonly #rooms: Rooms;
  readonly #http: HttpServer;
  readonly #tls: TlsServer | undefined;
  readonly #visitors = new Set<Socket>();

  constructor(rooms: Rooms, tls: Tls | undefined) {
    this.#rooms = rooms;
    this.#http = createHttpServer(rooms.http);
    this.#http.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head).catch(() => socket.destroy());
    });
    this.#tls = tls === undefined ? undefined : createTlsServer({ ...tls, ALPNProtocols: ['http/1.1'] });
    this.#tls?.on('secureConnection', socket => this.#sort(socket));
    this.#tls?.on('tlsClientError', (_, socket) => socket.destroy());
  }

  /** Lets a client in that has not said anything yet. */
  admit(socket: Socket): void {
    this.#sort(socket);
  }

  /** Cuts the HTTP clients off; the others are not this class's. */
  close(): void {
    for (const socket of this.#visitors) socket.destroy();
  }

  #sort(socket: Socket): void {
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    socket.once('data', (head: Buffer) => {
      socket.pause();
      socket.unshift(head);
      this.#hand(socket, head);
      process.nextTick(() => socket.resume());
    });
  }

  #hand(socket: Socket, head: Buffer): void {
    if (head.subarray(0, 4).toString('latin1') === 'AMQP') this.#rooms.amqp(socket);
    else if (head[0] !== tlsHandshake) this.#serveHttp(socket);
    else if (this.#tls === undefined) socket.destroy();
    else this.#tls.emit('connection', socket);
  }

  /** A server that does not listen itself knows nothing of its connections. */
  #serveHttp(socket: Socket): void {
    this.#visitors.add(socket);
    socket.once('close', () => this.#visitors.delete(socket));
    this.#http.emit('connection', socket);
  }

  async #upgrade(...[request, socket, head]: Parameters<Parameters<HttpServer['on']>[1]>): Promise<void> {
    if (request.url?.split('?')[0]?.toLowerCase() !== webSocketPath) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    // Loaded when the first client asks: few do, and every start would pay.
    const { createWebSocketStream, WebSocketServer } = await import('ws');
    const server = new WebSocketServer({
      noServer: true,
      handleProtocols: offered => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
    });
    server.handleUpgrade(request, socket, head, client => {
      this.#rooms.amqp(createWebSocketStream(client));
    });
  }
}
