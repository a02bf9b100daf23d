/**
 * What is known only once something is deployed, such as a principal's id: kept as the path that leads to it, so that it
 * can be compared and printed.
 */
export class Later {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  toString(): string {
    return `<${this.path}>`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Something whose members are asked for by name: resources and modules. */
export type Named = { member(name: string): unknown };

/** Reads a member of any value. A missing one is null, as `.?` wants it; asking null is an error unless `safe`. */
export function memberOf(target: unknown, key: unknown, safe = false): unknown {
  if (target instanceof Later) return new Later(`${target.path}.${String(key)}`);
  if (isNamed(target)) return target.member(String(key));
  if (Array.isArray(target)) return target[Number(key)] ?? missing(target, key, safe);
  if (isRecord(target)) return target[String(key)] ?? missing(target, key, safe || String(key) in target);
  return missing(target, key, safe);
}

function missing(target: unknown, key: unknown, safe: boolean): null {
  if (safe) return null;
  throw new Error(`there is no ${String(key)} in ${JSON.stringify(target)?.slice(0, 200)}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Later);
}

function isNamed(value: unknown): value is Named {
  return isRecord(value) && typeof value['member'] === 'function';
}

export function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

/** Equal as Bicep's `==`: by content. */
export function isEqual(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
