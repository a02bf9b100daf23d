import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Composition } from '../../functions/compose.ts';
import { faults, type ServerFaults } from '../../local/faults/client.ts';
import { type Stack, startStack } from '../../local/supervisor/stack.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { allChanges, changeNote, makeNote, noteKind } from './note.ts';

const TENANT = 'tnt_faults';

describe('when the database misbehaves', () => {
  let dataDir: string;
  let stack: Stack;
  let product: Composition;
  let cosmos: ServerFaults<'cosmos'>;
  const note = () => makeNote(product.platform, TENANT);

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-faults-'));
    stack = await startStack({ dataDir, ports: 'free' });
    product = openTestProduct(stack.settings);
    cosmos = faults(stack).on('cosmos');
  });
  afterEach(() => cosmos.clear());
  after(async () => {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('a commit whose answer is lost on the way is made once, and its caller hears so', async () => {
    const { scope, saved } = await note();
    await cosmos.reset({ operation: 'batch', entity: 'records', at: 'after', count: 1 });
    const outcome = await changeNote(scope, saved, { text: 'second' }).then(
      () => 'made',
      error => error.code,
    );
    const current = await scope.get(noteKind, saved.id);
    assert.equal(current.data.text, 'second');
    assert.equal((await allChanges(scope)).length, 2);
    assert.ok(outcome === 'made' || outcome === 'platform.database_unavailable', outcome);
    await changeNote(scope, current, { text: 'third' });
  });

  test('a commit while it is out is a 503 that may be tried again', async () => {
    const { scope, saved } = await note();
    await cosmos.refuse({ operation: 'batch', entity: 'records', status: 503 });
    await assert.rejects(changeNote(scope, saved, { text: 'x' }), {
      code: 'platform.database_unavailable',
      fault: { status: 503, retry: 'later' },
    });
    await cosmos.clear();
    await changeNote(scope, saved, { text: 'y' });
  });

  test('a read while it is out is a 503, too', async () => {
    const { scope, saved } = await note();
    await cosmos.refuse({ operation: 'read', entity: 'records', status: 503 });
    await assert.rejects(scope.get(noteKind, saved.id), { code: 'platform.database_unavailable' });
  });

  test('a read that the database fails on is one, too', async () => {
    const { scope, saved } = await note();
    await cosmos.refuse({ operation: 'read', entity: 'records', status: 500 });
    await assert.rejects(scope.get(noteKind, saved.id), { code: 'platform.database_unavailable' });
  });

  test('a commit that is throttled for a moment goes through', async () => {
    const { scope, saved } = await note();
    await cosmos.throttle({ operation: 'batch', entity: 'records', count: 2 });
    await changeNote(scope, saved, { text: 'patient' });
    assert.equal((await scope.get(noteKind, saved.id)).data.text, 'patient');
  });

  test('a decision on a stale read does not overwrite what came in between', async () => {
    const { scope, saved } = await note();
    await cosmos.readStale({ operation: 'read', entity: 'records', ms: 60_000, readRegion: true });
    await changeNote(scope, saved, { text: 'second' });
    const other = openTestProduct(stack.settings).platform.records.for(callerOf(TENANT)).scope(scope.name);
    const seen = await other.get(noteKind, saved.id);
    assert.equal(seen.data.text, 'first', 'the other instance reads what was');
    await assert.rejects(changeNote(other, seen, { text: 'lost' }), { code: 'platform.version_stale' });
    await cosmos.clear();
    assert.equal((await scope.get(noteKind, saved.id)).data.text, 'second');
  });
});
