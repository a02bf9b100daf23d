import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { HostStorage } from './host-storage.ts';

/** What a key opens: a function key opens `function`, the master key everything. */
export type AuthLevel = 'anonymous' | 'function' | 'system' | 'admin';

export type Key = { readonly name: string; readonly value: string };
export type HostKeys = {
  readonly master: Key;
  readonly functionKeys: readonly Key[];
  readonly systemKeys: readonly Key[];
};

/** An unknown key makes the host read its storage again, but not more often than this. */
const rereadMilliseconds = 60_000;

/**
 * The keys of the app, in AzureWebJobsStorage as Azure keeps them (`SecretManager`): `host` holds the master key and the host
 * keys, each function has a document of its own. What is missing is made when a key is first looked at.
 */
export class FunctionKeys {
  readonly #storage: Pick<HostStorage, 'readKeys' | 'createKeys'>;
  readonly #documents = new Map<string, Promise<unknown>>();
  #readAgainAt = 0;

  constructor(storage: Pick<HostStorage, 'readKeys' | 'createKeys'>) {
    this.#storage = storage;
  }

  /** What the key opens for the function; rejects when the storage does not answer. */
  async levelOf(key: string, functionName: string | undefined, now: number): Promise<AuthLevel> {
    const isCached = this.#documents.size > 0;
    const level = await this.#match(key, functionName);
    if (level !== 'anonymous' || !isCached || now < this.#readAgainAt) return level;
    this.#readAgainAt = now + rereadMilliseconds;
    this.#documents.clear();
    return this.#match(key, functionName);
  }

  async hostKeys(): Promise<HostKeys> {
    const document = await this.#load('host', () => ({
      masterKey: newKey('master'),
      functionKeys: [newKey('default')],
      systemKeys: [],
    }));
    const [master] = keysIn({ keys: [fieldOf(document, 'masterKey')] }, 'keys');
    if (master === undefined) throw new Error('the keys of the host have no master key');
    return {
      master,
      functionKeys: keysIn(document, 'functionKeys'),
      systemKeys: keysIn(document, 'systemKeys'),
    };
  }

  async functionKeys(functionName: string): Promise<readonly Key[]> {
    return keysIn(await this.#load(functionName, () => ({ keys: [newKey('default')] })), 'keys');
  }

  async #match(key: string, functionName: string | undefined): Promise<AuthLevel> {
    const host = await this.hostKeys();
    const isAmong = (keys: readonly Key[]): boolean => keys.some(known => isSame(known.value, key));
    if (isSame(host.master.value, key)) return 'admin';
    if (isAmong(host.systemKeys)) return 'system';
    if (isAmong(host.functionKeys)) return 'function';
    if (functionName === undefined) return 'anonymous';
    return isAmong(await this.functionKeys(functionName)) ? 'function' : 'anonymous';
  }

  #load(name: string, make: () => object): Promise<unknown> {
    const known = this.#documents.get(name);
    if (known !== undefined) return known;
    const loading = this.#readOrMake(name, make);
    this.#documents.set(name, loading);
    // A failure is not remembered: the next request tries again.
    loading.catch(() => this.#documents.delete(name));
    return loading;
  }

  async #readOrMake(name: string, make: () => object): Promise<unknown> {
    const stored = await this.#storage.readKeys(name);
    if (stored !== undefined) return stored;
    const made = { ...make(), hostName: 'localhost', instanceId: '', source: 'runtime', decryptionKeyId: '' };
    return (await this.#storage.createKeys(name, made)) ? made : this.#storage.readKeys(name);
  }
}

/** Whether a key of one level opens what asks for another (`AuthUtility.PrincipalHasAuthLevelClaim`). */
export function opens(level: AuthLevel, required: AuthLevel): boolean {
  return required === 'anonymous' || level === 'admin' || level === required;
}

function newKey(name: string): Key & { readonly encrypted: boolean } {
  return { name, value: randomBytes(40).toString('base64url'), encrypted: false };
}

function keysIn(document: unknown, name: string): Key[] {
  const list = fieldOf(document, name);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const [key, value] = [fieldOf(entry, 'name'), fieldOf(entry, 'value')];
    return typeof key === 'string' && typeof value === 'string' ? [{ name: key, value }] : [];
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
