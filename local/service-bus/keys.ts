import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { SharedAccessKey } from './sas.ts';

const keyFile = z
  .object({ name: z.string(), key: z.string() })
  .transform((key): SharedAccessKey => ({ ...key, rights: ['Manage', 'Send', 'Listen'] }));

/** The namespace's root key; made at the first start and kept in the data directory. */
export function rootKey(directory: string): SharedAccessKey {
  const file = join(directory, 'root-key.json');
  if (existsSync(file)) return keyFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const key = JSON.stringify({
    name: 'RootManageSharedAccessKey',
    key: randomBytes(32).toString('base64'),
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${file}.new`, key, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keyFile.parse(JSON.parse(key));
}

/** A connection string that makes the SDK speak plain AMQP to a local port. */
export function connectionString(port: number, key: SharedAccessKey): string {
  return (
    `Endpoint=sb://localhost:${port};SharedAccessKeyName=${key.name};SharedAccessKey=${key.key};` +
    'UseDevelopmentEmulator=true;'
  );
}
