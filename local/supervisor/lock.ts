import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a data directory for this process, or throws with the pid of the stack that has it. SQLite's file lock is
 * the lock, so the system itself gives it back when a process dies, however it dies.
 */
export function lockDataDirectory(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const holderFile = join(dataDir, 'stack.pid');
  const database = new DatabaseSync(join(dataDir, 'stack.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new Error(
      `Another stack (process ${readHolder(holderFile)}) runs on ${dataDir}. Stop that one first (Ctrl-C where it runs), ` +
        'or start this one beside it with --data OTHER-DIRECTORY --ports free.',
    );
  }
  writeFileSync(holderFile, String(process.pid));
  return () => database.close();
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'unknown';
  }
}
