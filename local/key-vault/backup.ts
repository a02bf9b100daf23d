import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type Call, isRecord, type Reply } from './call.ts';
import type { WireShape } from './lifecycle.ts';
import { badParameter, type Kind } from './refusals.ts';
import type { Store, Version } from './store.ts';

/** Seals backups: what one vault wrote another of the same tenant can restore, and nobody can read or change. */
export type Seal = { close(content: object): string; open(sealed: string): unknown };

/** What the routes of secrets and keys share. */
export type Vault = {
  readonly database: DatabaseSync;
  readonly purgeProtection: boolean;
  readonly seal: Seal;
};

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `tenant` is what all vaults of a tenant know, here the key set of its identity server. */
export function createSeal(tenant: string): Seal {
  const key = createHash('sha256').update(`key vault backup\n${tenant}`).digest();
  return {
    close: content => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open: sealed => {
      const bytes = Buffer.from(sealed, 'base64url');
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const plain = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
        return JSON.parse(Buffer.concat(plain).toString());
      } catch {
        throw badParameter('The backup blob is not valid for this vault.');
      }
    },
  };
}

type Backup<Body> = {
  readonly kind: Kind;
  readonly name: string;
  readonly policy?: string;
  readonly versions: readonly Version<Body>[];
};

/** `POST …/{name}/backup` and `POST …/restore`: all versions of a secret or key as one sealed text. */
export function backups<Body>(store: Store<Body>, shape: WireShape<Body>, seal: Seal) {
  return {
    backup: (name: string): Reply => {
      const policy = store.readPolicy(name);
      const content: Backup<Body> = {
        kind: shape.kind,
        name,
        ...(policy === undefined ? {} : { policy }),
        versions: store.dump(name),
      };
      return { status: 200, body: { value: seal.close(content) } };
    },

    /** The name must be free, also of what is deleted but recoverable; versions keep their ids. */
    restore: (call: Call): Reply => {
      const { value } = call.body;
      if (typeof value !== 'string' || value === '') throw badParameter('Property value is required.');
      const content = seal.open(value);
      if (!isRecord(content) || content['kind'] !== shape.kind)
        throw badParameter(`The backup blob does not hold one of the ${shape.kind}.`);
      // What the seal opened, this module has written.
      const { name, versions, policy } = content as Backup<Body>;
      store.restore(name, versions);
      if (policy !== undefined) store.writePolicy(name, policy);
      return { status: 200, body: shape.bundle(call, store.get(name, '')) };
    },
  };
}
