import { askProcess } from './child-process.ts';

/** What to ask, over how many kept connections, and for how long. */
export type LoadOrder = {
  readonly port: number;
  /** Whole HTTP/1.1 requests, head and body; connections begin at different ones and go round. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly warmSeconds: number;
  readonly seconds: number;
};

/** What came back within the counted seconds. Latencies are in milliseconds. */
export type LoadReport = {
  readonly perSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
};

/** Puts load on a server from a process of its own; rejects when anything but 2xx was answered. */
export async function load(order: LoadOrder): Promise<LoadReport> {
  const { answer: report } = await askProcess<LoadReport>('load-process.ts', order);
  const strange = Object.keys(report.statuses).filter(status => !/^2\d\d$/.test(status));
  if (strange.length > 0) throw new Error(`answers under load: ${JSON.stringify(report.statuses)}`);
  return report;
}

export function requestText(
  method: string,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): string {
  const length =
    method === 'GET'
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
