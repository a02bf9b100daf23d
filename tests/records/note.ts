import * as z from 'zod';
import type { Capabilities } from '../../shared/platform/capabilities/index.ts';
import {
  type ChangeDocument,
  type Committed,
  defineRecord,
  newRecordId,
  type Saved,
  type Scope,
} from '../../shared/platform/records/index.ts';
import { callerOf } from '../product.ts';

const Note = z.strictObject({ text: z.string(), count: z.number().default(0) });
export type Note = z.infer<typeof Note>;
/** A record that exists for tests only. */
export const noteKind = defineRecord<Note>({
  name: 'test.note',
  prefix: 'nte',
  home: 'own',
  schema: Note,
  indexed: note => ({ text: note.text }),
  readPermission: 'test.note:read',
  rollback: {
    permission: 'test.note:write',
    to: (now, then) => (now.text === 'final' ? { because: 'final' } : { data: then }),
  },
});

/** A new note in a scope of its own. */
export async function makeNote(
  platform: Capabilities,
  tenant: string,
  text = 'first',
): Promise<{ readonly scope: Scope; readonly saved: Saved<Note> }> {
  const id = newRecordId(noteKind, platform.newKey());
  const scope = platform.records.for(callerOf(tenant)).scope(id);
  const create = [{ kind: noteKind, id, data: { text } }];
  const { saved } = await scope.commit({ action: 'test.note.created', create });
  return { scope, saved: saved.get(id) as Saved<Note> };
}

/** One more version of a note. */
export function changeNote(scope: Scope, record: Saved<Note>, data: Partial<Note>): Promise<Committed> {
  return scope.commit({
    action: 'test.note.changed',
    update: [{ record, data: { ...record.data, ...data } }],
  });
}

/** The changes of a scope, or of one record in it, oldest first. */
export async function allChanges(scope: Scope, touching?: string): Promise<readonly ChangeDocument[]> {
  const changes: ChangeDocument[] = [];
  for await (const change of scope.changes({ touching })) changes.push(change);
  return changes;
}
