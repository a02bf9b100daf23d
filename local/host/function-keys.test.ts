import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AuthLevel, FunctionKeys, opens } from './function-keys.ts';

const key = (value: string): object => ({ name: value, value });

/** A storage that holds these documents and takes no more. */
const storage = {
  readKeys: async (name: string): Promise<unknown> =>
    ({
      host: { masterKey: key('master'), functionKeys: [key('host')], systemKeys: [key('system')] },
      own: { keys: [key('own')] },
      other: { keys: [key('foreign')] },
    })[name],
  createKeys: async (): Promise<boolean> => false,
};

test('each key has the level of its place, and that of a function for its own function only', async () => {
  const keys = new FunctionKeys(storage);
  const levels = (functionName: string | undefined): Promise<AuthLevel[]> =>
    Promise.all(
      ['master', 'system', 'host', 'own', 'foreign', ''].map(one => keys.levelOf(one, functionName, 0)),
    );
  assert.deepEqual(await levels('own'), [
    'admin',
    'system',
    'function',
    'function',
    'anonymous',
    'anonymous',
  ]);
  assert.deepEqual(await levels(undefined), [
    'admin',
    'system',
    'function',
    'anonymous',
    'anonymous',
    'anonymous',
  ]);
});

test('a level opens itself and what asks for none; only the master key opens all', () => {
  const levels: readonly AuthLevel[] = ['anonymous', 'function', 'system', 'admin'];
  const opened = (level: AuthLevel): AuthLevel[] => levels.filter(required => opens(level, required));
  assert.deepEqual(opened('anonymous'), ['anonymous']);
  assert.deepEqual(opened('function'), ['anonymous', 'function']);
  assert.deepEqual(opened('system'), ['anonymous', 'system']);
  assert.deepEqual(opened('admin'), levels);
});
