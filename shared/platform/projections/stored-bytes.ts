import type { Touch } from '../records/index.ts';
import type { Projection } from './projection.ts';

type Step = Touch['forward'][number];

/**
 * How many bytes of files a tenant's records refer to: `bytes`. A file is told by the place where it lies and its size, wherever in
 * a record that stands.
 */
export const storedBytes: Projection = {
  name: 'stored-bytes',
  fold: change => {
    let more = 0;
    for (const { forward, inverse } of change.touches) more += bytesIn(forward) - bytesIn(inverse);
    return new Map(more === 0 ? [] : [['bytes', more]]);
  },
};

function bytesIn(patch: readonly Step[]): number {
  const paths = new Set(patch.map(({ path }) => path));
  return patch.reduce(
    (sum, step) => sum + ('value' in step ? bytesOfStep(step.path, step.value, paths) : 0),
    0,
  );
}

/** A file in the place of another one tells its new size alone, and by its new place that it is another. */
function bytesOfStep(path: string, value: unknown, paths: ReadonlySet<string>): number {
  const place = /^(.*)\/bytes$/.exec(path)?.[1];
  const isSize = place !== undefined && typeof value === 'number' && paths.has(`${place}/blob`);
  return isSize ? value : bytesOf(value);
}

function bytesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const { blob, bytes } = value as { readonly blob?: unknown; readonly bytes?: unknown };
  if (typeof blob === 'string' && typeof bytes === 'number') return bytes;
  return Object.values(value).reduce((sum: number, member) => sum + bytesOf(member), 0);
}
