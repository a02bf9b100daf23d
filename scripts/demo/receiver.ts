import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Delivery = {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly signed: boolean;
};

export type Receiver = {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** The secret that deliveries must be signed with. */
  trust(secret: string): void;
  /** The next delivery of this type, past ones included. */
  waitFor(matches: (delivery: Delivery) => boolean, milliseconds: number): Promise<Delivery>;
  /** How to answer from now on; 204 at first. */
  answerWith(status: number): void;
  close(): Promise<void>;
};

/** Standard Webhooks 1.0: receivers allow five minutes either way. */
const TOLERANCE_SECONDS = 300;

/** A small webhook receiver on this machine that checks signatures as Standard Webhooks 1.0 says. */
export async function openReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const listeners = new Set<() => void>();
  let secret = '';
  let status = 204;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', chunk => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { type, data } = JSON.parse(body);
      deliveries.push({
        id: String(incoming.headers['webhook-id']),
        type,
        data,
        signed: isSigned(secret, incoming.headers, body),
      });
      outgoing.writeHead(status).end();
      for (const listener of listeners) listener();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    deliveries,
    trust: value => {
      secret = value;
    },
    answerWith: value => {
      status = value;
    },
    waitFor: (matches, milliseconds) => waitFor(deliveries, listeners, matches, milliseconds),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function waitFor(
  deliveries: readonly Delivery[],
  listeners: Set<() => void>,
  matches: (delivery: Delivery) => boolean,
  milliseconds: number,
): Promise<Delivery> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = deliveries.find(matches);
      if (found === undefined) return;
      clearTimeout(timer);
      listeners.delete(look);
      resolve(found);
    };
    const timer = setTimeout(() => {
      listeners.delete(look);
      reject(
        new Error(
          `no such webhook within ${milliseconds} ms; heard: ${deliveries.map(({ type }) => type).join(', ')}`,
        ),
      );
    }, milliseconds);
    listeners.add(look);
    look();
  });
}

function isSigned(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  const id = String(headers['webhook-id']);
  const timestamp = Number(headers['webhook-timestamp']);
  if (Math.abs(Date.now() / 1000 - timestamp) > TOLERANCE_SECONDS) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .filter(entry => entry.startsWith('v1,'))
    .some(entry => {
      const given = Buffer.from(entry.slice(3), 'base64');
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}
