import { openCache } from '../caches/index.ts';

/** What requests need, and whether it answers. Names and times only: nothing of addresses, versions or errors. */
export type Check = {
  readonly name: string;
  readonly status: 'up' | 'down';
  readonly milliseconds: number;
};

/** What is looked at. Whoever asks, and however many do, each is asked once in ten seconds by each instance. */
export type Health = { checks(): Promise<readonly Check[]> };
export type Probes = Readonly<Record<string, () => Promise<void>>>;

const PROBE_MILLISECONDS = 5000;
const KEEP_MILLISECONDS = 10_000;
/** That something is back is seen soon. */
const KEEP_DOWN_MILLISECONDS = 2000;

/** Opens the checks over one probe for each part. */
export function openHealth(probes: Probes, now: () => Date): Health {
  const cache = openCache<readonly Check[]>({
    load: () => Promise.all(Object.entries(probes).map(([name, probe]) => check(name, probe))),
    keepMilliseconds: checks => (isUp(checks) ? KEEP_MILLISECONDS : KEEP_DOWN_MILLISECONDS),
    most: 1,
    now,
  });
  return { checks: () => cache.get('all') };
}

/** Whether everything answers. */
export function isUp(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status === 'up');
}

async function check(name: string, probe: () => Promise<void>): Promise<Check> {
  const started = performance.now();
  const took = (): number => Math.round((performance.now() - started) * 10) / 10;
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('late')), PROBE_MILLISECONDS).unref();
  });
  return Promise.race([probe(), late]).then(
    () => ({ name, status: 'up' as const, milliseconds: took() }),
    () => ({ name, status: 'down' as const, milliseconds: took() }),
  );
}
