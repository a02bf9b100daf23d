import { connect } from 'node:net';

/** Sends a POST and cuts the connection before the answer can be read. */
export async function loseAnswer(
  origin: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { host, port } = new URL(origin);
  const payload = JSON.stringify(body);
  const lines = Object.entries({
    host,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(payload)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host: '127.0.0.1', port: Number(port) }, () => {
    socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${payload}`, () => socket.destroy());
  });
  socket.once('error', reject);
  socket.once('close', () => resolve());
  return promise;
}
