import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** Where everything listens unless free ports are asked for: the defaults of the real tools where they have one. */
export const FIXED_PORTS: Readonly<Record<string, number>> = {
  api: 7071,
  worker: 7072,
  render: 7073,
  cosmos: 8081,
  'service-bus': 5672,
  // where Microsoft's own emulator has its management endpoint
  'service-bus-admin': 5300,
  blob: 10000,
  'key-vault': 8443,
  identity: 40342,
  mail: 8025,
  'mail-smtp': 1025,
};

/**
 * Below every system's range for outgoing connections, so that a server which was killed finds its port
 * free when it starts again.
 */
const FREE_RANGE = { from: 15_000, to: 31_999 };
/** A stack that was killed a moment ago may still be letting go of its ports. */
const RELEASE_MS = 3000;
const POLL_MS = 100;

/** Fixed port of a server; a further instance (`worker-2`) gets the ports from 7080 on. */
export function fixedPort(name: string): number {
  const known = FIXED_PORTS[name];
  if (known !== undefined) return known;
  const [, app = '', number = ''] = /^(.+)-(\d+)$/.exec(name) ?? [];
  const base = FIXED_PORTS[app];
  if (base === undefined) throw new Error(`no port is known for ${name}`);
  return base + 10 * (Number(number) - 1);
}

/**
 * Picks free ports on 127.0.0.1, all different, by name. They are remembered in the data directory, and the same name gets the
 * same port there again when it is free, so that what a client was told stays true over a restart.
 */
export async function freePorts(
  names: readonly string[],
  dataDir: string,
): Promise<Readonly<Record<string, number>>> {
  const file = join(dataDir, 'ports.json');
  const earlier = remembered(file);
  const taken = new Set(Object.values(earlier));
  const ports: Record<string, number> = {};
  for (const name of names) {
    let port = earlier[name];
    while (port === undefined || !(await isFree(port))) {
      const candidate = FREE_RANGE.from + Math.floor(Math.random() * (FREE_RANGE.to - FREE_RANGE.from));
      port = taken.has(candidate) ? undefined : candidate;
    }
    taken.add(port);
    ports[name] = port;
  }
  writeFileSync(file, JSON.stringify({ ...earlier, ...ports }));
  return ports;
}

function remembered(file: string): Readonly<Record<string, number>> {
  try {
    return z.record(z.string(), z.int().min(1).max(65_535)).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing, or cut off by a kill: then new ones are as good.
    return {};
  }
}

/**
 * Throws with the number of the first port that stays taken, who needs it, and what to do about it. `reasons` tells of names
 * that nobody asked for why they come along.
 */
export async function requireFree(
  ports: Readonly<Record<string, number>>,
  reasons: Readonly<Record<string, string>> = {},
  patienceMs = RELEASE_MS,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (const [name, port] of Object.entries(ports)) {
    while (!(await isFree(port))) {
      if (Date.now() > deadline) {
        throw new Error(
          `Port ${port}, which ${name} needs${reasons[name] ?? ''}, is taken. See who has it with "lsof -i :${port}" and stop that, ` +
            'or let the stack choose with --ports free.',
        );
      }
      await sleep(POLL_MS);
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
