import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import DNS from 'dns2';

/** What a name has: none of it when it is not there; `fails` when its servers are out of order. */
export type Zone = {
  readonly TXT?: readonly string[];
  readonly A?: readonly string[];
  readonly fails?: true;
};

/** A real name server on loopback, over UDP and TCP, for the names that tests write into a folder. */
export type NameServer = { readonly address: string; close(): Promise<void> };

const SECONDS = 1;
const { RCODE, TYPE, CLASS } = DNS.Packet;

/** Serves what `setZone` wrote into `folder`; a name without a file is not there. */
export async function startNameServer(folder: string): Promise<NameServer> {
  mkdirSync(folder, { recursive: true });
  const server = DNS.createServer({
    udp: true,
    tcp: true,
    handle: (request, send) => {
      const response = DNS.Packet.createResponseFromRequest(request);
      const [{ name = '', type = 0 } = {}] = request.questions;
      const zone = readZone(folder, name);
      if (zone?.fails === true) response.header.rcode = RCODE.SERVFAIL;
      else if (zone === undefined) response.header.rcode = RCODE.NXDOMAIN;
      else response.answers.push(...recordsOf(name, type, zone));
      void send(response);
    },
  });
  const { udp } = await server.listen({ udp: { port: 0, address: '127.0.0.1' } });
  return { address: `127.0.0.1:${udp?.port}`, close: () => server.close() };
}

/** Says from now on what a name has. */
export function setZone(folder: string, name: string, zone: Zone): void {
  writeFileSync(fileOf(folder, name), JSON.stringify(zone));
}

function readZone(folder: string, name: string): Zone | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(folder, name), 'utf8')) as Zone; // written by setZone
  } catch {
    return undefined;
  }
}

function fileOf(folder: string, name: string): string {
  return join(folder, `${name.toLowerCase()}.json`);
}

function recordsOf(name: string, type: number, { TXT = [], A = [] }: Zone): readonly DNS.Packet.Resource[] {
  const made = (data: object) => Object.assign(new DNS.Packet.Resource(name, type, CLASS.IN, SECONDS), data);
  if (type === TYPE.TXT) return TXT.map(data => made({ data }));
  return type === TYPE.A ? A.map(address => made({ address })) : [];
}
