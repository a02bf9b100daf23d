/**
 * A load generator in a process of its own, on bare sockets: it takes as little of the processor as it can, since it
 * shares it with what it measures. One request at a time on each connection.
 */
import { connect, type Socket } from 'node:net';
import { answerOrder } from './child-process.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import { answerReader } from './read-answer.ts';
import { quantile } from './statistics.ts';

answerOrder(run);

async function run({ port, requests, connections, warmSeconds, seconds }: LoadOrder): Promise<LoadReport> {
  const buffers = requests.map(text => Buffer.from(text));
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const from = performance.now() + warmSeconds * 1000;
  const until = from + seconds * 1000;
  const note = (status: number, startedAt: number, endedAt: number): void => {
    if (endedAt < from || endedAt > until) return;
    latencies.push(endedAt - startedAt);
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await Promise.all(
    Array.from({ length: connections }, (_, index) => drive(port, buffers, index, until, note)),
  );
  latencies.sort((a, b) => a - b);
  const latency = {
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99),
  };
  return { perSecond: latencies.length / seconds, statuses, latency };
}

function drive(
  port: number,
  requests: readonly Buffer[],
  first: number,
  until: number,
  note: (status: number, startedAt: number, endedAt: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let place = first;
    let startedAt = 0;
    const ask = (): void => {
      startedAt = performance.now();
      if (startedAt >= until) {
        socket.end();
        resolve();
        return;
      }
      socket.write(requests[place % requests.length] ?? '');
      place += 1;
    };
    const read = answerReader(status => {
      note(status, startedAt, performance.now());
      ask();
    });
    socket.on('connect', ask);
    socket.on('data', read);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
  });
}
