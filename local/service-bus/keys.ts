import { createHmac, randomBytes } from 'node:crypto';
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

/** The key that stands for an identity of the directory: clients here speak plain AMQP, to which the SDK sends no token. */
export function keyOfIdentity(root: SharedAccessKey, identity: string): string {
  return createHmac('sha256', Buffer.from(root.key, 'base64')).update(identity).digest('base64');
}

/** A connection string with the root key, as one of an identity, who may then do what its roles say. */
export function connectAs(connection: string, identity: string): string {
  const root = /SharedAccessKey=([^;]+)/.exec(connection)?.[1] ?? '';
  const own = keyOfIdentity({ name: '', key: root, rights: [] }, identity);
  return connection
    .replace(/SharedAccessKeyName=[^;]+/, `SharedAccessKeyName=${identity}`)
    .replace(/SharedAccessKey=[^;]+/, `SharedAccessKey=${own}`);
}

/** A connection string that makes the SDK speak plain AMQP to a local port. */
export function connectionString(port: number, key: SharedAccessKey): string {
  return (
    `Endpoint=sb://localhost:${port};SharedAccessKeyName=${key.name};SharedAccessKey=${key.key};` +
    'UseDevelopmentEmulator=true;'
  );
}
