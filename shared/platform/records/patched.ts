import { applyPatch } from 'rfc6902';
import type { ChangeDocument, Touch } from './documents.ts';
import { recordFault } from './faults.ts';

/** The data after the steps of a patch over `{ data }`, as changes hold them. The steps stay as they are. */
export function patched(data: unknown, steps: Touch['forward'], id: string): unknown {
  const box = { data };
  const errors = applyPatch(box, structuredClone([...steps]));
  if (errors.some(error => error !== null)) throw brokenHistory(id);
  return box.data;
}

/** What a change did to the record with this id. */
export function touchOn(change: ChangeDocument, id: string): Touch {
  const touch = change.touches.find(candidate => candidate.id === id);
  if (touch === undefined) throw brokenHistory(id);
  return touch;
}

/** What is thrown where changes of a record do not fit each other. */
export function brokenHistory(id: string, version?: number): Error {
  return recordFault('platform.history_broken', { id, ...(version === undefined ? {} : { version }) });
}
