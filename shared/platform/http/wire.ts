import { randomUUID } from 'node:crypto';

/** A request as it came over the wire, independent of the host that took it. */
export type WireRequest = {
  readonly method: string;
  readonly url: URL;
  /** The host name that the client asked for, without a port, lower case. */
  readonly host: string;
  readonly address: string | undefined;
  readonly header: (name: string) => string | undefined;
  readonly bytes: () => Promise<Uint8Array>;
};

/** The client's own request id when it is a decent one, else a new one. */
export function requestIdOf(wire: WireRequest): string {
  const given = wire.header('x-request-id');
  return given !== undefined && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}
