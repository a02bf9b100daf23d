import { applyPatch } from 'rfc6902';
import type { ChangeDocument, Touch } from './documents.ts';
import { recordFault } from './faults.ts';

/** The data after the steps of a patch over `{ data }`, as changes hold them. The steps stay as they are. */
export function patched(data: unknown, steps: Touch['forward'], id: string): unknown {
  const box = { data };
  if (!isApplied(box, steps)) throw brokenHistory(id);
  return box.data;
}

/** Steps that were written past the service may be anything, and then applying them throws. */
function isApplied(box: { data: unknown }, steps: Touch['forward']): boolean {
  try {
    return applyPatch(box, structuredClone([...steps])).every(error => error === null);
  } catch {
    return false;
  }
}

/** What a change did to the record with this id. */
export function touchOn(change: ChangeDocument, id: string): Touch {
  const touch = touchIn(change, id);
  if (touch === undefined) throw brokenHistory(id);
  return touch;
}

/** The same; undefined where the change was altered so that it does not say. */
export function touchIn({ touches }: ChangeDocument, id: string): Touch | undefined {
  return Array.isArray(touches) ? touches.find(candidate => candidate?.id === id) : undefined;
}

/** What is thrown where changes of a record do not fit each other. */
export function brokenHistory(id: string, version?: number): Error {
  return recordFault('platform.history_broken', { id, ...(version === undefined ? {} : { version }) });
}
