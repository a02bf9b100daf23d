import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyPatch } from 'rfc6902';
import { contentHash } from '../../shared/kernel/index.ts';
import { newRecordId, RepeatedRequest, type Saved } from '../../shared/platform/records/index.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { allChanges, changeNote, makeNote, type Note, noteKind } from './note.ts';

const { platform, stores, keyring } = openTestProduct();
const records = platform.records.for(callerOf('tnt_commit'));

const note = (text?: string) => makeNote(platform, 'tnt_commit', text);

describe('a commit', () => {
  test('writes the record and one change that says who did what', async () => {
    const { scope, saved } = await note();
    const [only, ...more] = await allChanges(scope);
    assert.equal(more.length, 0);
    assert.equal(only?.action, 'test.note.created');
    assert.deepEqual(
      only?.touches.map(({ id, version, previous }) => ({ id, version, previous })),
      [{ id: saved.id, version: 1, previous: null }],
    );
    assert.equal(saved.hash, only?.hash);
  });

  test('made on a stale version is refused, and nothing of it is there', async () => {
    const { scope, saved } = await note();
    await changeNote(scope, saved, { text: 'second' });
    const other = newRecordId(noteKind, platform.newKey());
    const stale = scope.commit({
      action: 'test.note.changed',
      update: [{ record: saved, data: { text: 'lost' } }],
      claims: [{ id: `claim:${other}`, owner: other }],
    });
    await assert.rejects(stale, { code: 'platform.version_stale' });
    assert.equal((await scope.get(noteKind, saved.id)).data.text, 'second');
    assert.equal(await scope.claimOwner(`claim:${other}`), undefined);
    assert.equal((await allChanges(scope)).length, 2);
  });

  test('made by thirty at once on one version is made by one', async () => {
    const { scope, saved } = await note();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, count) => changeNote(scope, saved, { count })),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal((await scope.get(noteKind, saved.id)).version, 2);
  });

  test('takes a claim that only one can have', async () => {
    const { scope, saved } = await note();
    const claim = { id: 'seat', owner: 'a' };
    await scope.commit({
      action: 'test.seat.taken',
      update: [{ record: saved, data: saved.data }],
      claims: [claim],
    });
    const current = await scope.get(noteKind, saved.id);
    const second = scope.commit({
      action: 'test.seat.taken',
      update: [{ record: current, data: { text: 'late' } }],
      claims: [{ ...claim, owner: 'b' }],
    });
    await assert.rejects(second, { code: 'platform.claim_taken' });
    assert.equal(await scope.claimOwner('seat'), 'a');
    assert.equal((await scope.get(noteKind, saved.id)).data.text, 'first');
  });

  test('notices when something that it was decided on has changed meanwhile', async () => {
    const { scope, saved } = await note();
    await changeNote(scope, saved, { text: 'second' });
    await assert.rejects(
      scope.commit({ action: 'test.looked', expect: [saved], claims: [{ id: 'c', owner: 'o' }] }),
      { code: 'platform.version_stale' },
    );
  });

  test('with more parts than a batch holds is refused before anything is written', async () => {
    const { scope, saved } = await note();
    const claims = Array.from({ length: 100 }, (_, index) => ({ id: `c${index}`, owner: 'o' }));
    await assert.rejects(scope.commit({ action: 'test.many', expect: [saved], claims }), {
      code: 'platform.commit_too_large',
    });
    assert.equal(await scope.claimOwner('c0'), undefined);
  });

  test('under an Idempotency-Key is made once and answered alike', async () => {
    const claim = {
      boundId: 'key_x',
      entryId: `idem_${platform.newKey()}`,
      fingerprint: contentHash('request'),
    };
    const caller = { ...callerOf('tnt_commit'), idempotency: claim };
    const id = newRecordId(noteKind, platform.newKey());
    const attempt = () =>
      platform.records
        .for(caller)
        .scope(id)
        .commit({
          action: 'test.note.created',
          create: [{ kind: noteKind, id, data: { text: 'once' } }],
          reply: () => ({ status: 201, headers: {}, body: { id } }),
        });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, attempt));
    const made = outcomes.filter(({ status }) => status === 'fulfilled');
    const repeated = outcomes.flatMap(outcome =>
      outcome.status === 'rejected' && outcome.reason instanceof RepeatedRequest
        ? [outcome.reason.reply]
        : [],
    );
    assert.equal(made.length, 1);
    assert.equal(repeated.length, 9);
    assert.ok(repeated.every(reply => JSON.stringify(reply.body) === JSON.stringify({ id })));
  });
});

describe('history', () => {
  test('rebuilds every version from patches, forwards and backwards', async () => {
    const { scope, saved } = await note('v1');
    let current = saved;
    const states: unknown[] = [saved.data];
    for (const text of ['v2', 'v3', 'v4']) {
      const committed = await changeNote(scope, current, { text, count: current.data.count + 1 });
      current = committed.saved.get(saved.id) as Saved<Note>;
      states.push(current.data);
    }
    const changes = await allChanges(scope, saved.id);
    const forward = { data: null as unknown };
    const seen = changes.map(entry => {
      applyPatch(forward, structuredClone([...(entry.touches[0]?.forward ?? [])]));
      return structuredClone(forward.data);
    });
    assert.deepEqual(seen, states);
    for (const [index, entry] of changes.toReversed().entries()) {
      assert.deepEqual(forward.data, states.at(-1 - index));
      applyPatch(forward, structuredClone([...(entry.touches[0]?.inverse ?? [])]));
    }
    assert.equal(forward.data, null);
  });

  test('altered, removed or overwritten behind our back is found out', async () => {
    const { verifyChain } = await import('../../shared/platform/records/index.ts');
    const container = await stores.records.container();
    const chain = async () => {
      const { scope, saved } = await note('v1');
      const committed = await changeNote(scope, saved, { text: 'v2' });
      const record = committed.saved.get(saved.id) as Saved<Note>;
      assert.equal((await verifyChain(scope, record)).intact, true);
      return { scope, record, key: ['tnt_commit', scope.name], changes: await allChanges(scope, saved.id) };
    };
    const altered = await chain();
    await container
      .item(altered.changes[0]?.id ?? '', altered.key)
      .patch([{ op: 'set', path: '/by/name', value: 'nobody' }]);
    assert.equal((await verifyChain(altered.scope, altered.record)).broken?.why, 'content');
    const removed = await chain();
    await container.item(removed.changes[0]?.id ?? '', removed.key).delete();
    assert.equal((await verifyChain(removed.scope, removed.record)).broken?.why, 'order');
    const overwritten = await chain();
    const forged = { ...overwritten.record, hash: 'f'.repeat(64) };
    assert.equal((await verifyChain(overwritten.scope, forged)).broken?.why, 'head');
  });

  test('tells what stands beside the data and was altered, and that a record is missing', async () => {
    const container = await stores.records.container();
    for (const [path, value, why] of [
      ['/createdAt', '2020-01-01T00:00:00.000Z', 'dates'],
      ['/createdBy', 'usr_somebody', 'dates'],
      ['/updatedAt', '2020-01-01T00:00:00.000Z', 'dates'],
      ['/at', '2020', 'dates'],
      ['/ix/text', 'another', 'index'],
      ['/ix/branch', 'brn_1', 'index'],
      ['/sort/createdAt', 'zzz', 'index'],
      ['/tokens', ['^an'], 'index'],
      ['/deleted', true, 'state'],
      ['/ttl', 3600, 'members'],
      ['/note', 'of somebody else', 'members'],
      ['/leavingUntil', '2999-01-01T00:00:00.000Z', 'members'],
      ['/closedUntil', 'for ever', 'members'],
    ] as const) {
      const { scope, saved } = await note('v1');
      await changeNote(scope, saved, { text: 'v2' });
      assert.deepEqual(await scope.verify(noteKind, saved.id), { intact: true, versions: 2, broken: null });
      const item = container.item(saved.id, ['tnt_commit', scope.name]);
      await item.patch([{ op: 'set', path, value }]);
      assert.equal((await scope.verify(noteKind, saved.id)).broken?.why, why, path);
    }
    const { scope, saved } = await note('v1');
    await container.item(saved.id, ['tnt_commit', scope.name]).delete();
    assert.equal((await scope.verify(noteKind, saved.id)).broken?.why, 'missing');
    await assert.rejects(scope.verify(noteKind, 'nte_nothing'), { code: 'platform.not_found' });
  });
});

describe('two instances whose clocks differ', () => {
  test('write a history that reads in the order in which things happened', async () => {
    const { recordsDoor } = await import('../../shared/platform/records/index.ts');
    const doorAt = (skewMilliseconds: number) =>
      recordsDoor({
        store: stores.records,
        archive: stores.archive,
        now: () => new Date(Date.now() + skewMilliseconds),
        newKey: platform.newKey,
        keyring,
        committed: () => undefined,
      }).for(callerOf('tnt_commit'));
    const { scope, saved } = await note();
    let current = saved;
    for (const [index, skew] of [200, -200, 0, -50, 100].entries()) {
      const committed = await changeNote(doorAt(skew).scope(scope.name), current, { count: index });
      current = committed.saved.get(saved.id) as Saved<Note>;
    }
    const versions = (await allChanges(scope)).map(({ touches }) => touches[0]?.version);
    assert.deepEqual(versions, [1, 2, 3, 4, 5, 6]);
    const { verifyChain } = await import('../../shared/platform/records/index.ts');
    assert.equal((await verifyChain(scope, current)).intact, true);
  });
});

describe('a list', () => {
  test('goes through all pages once, also when rows come in between, and never into another tenant', async () => {
    const own = platform.records.for(callerOf('tnt_list_a'));
    const add = async (tenant: string, text: string): Promise<string> => {
      const id = newRecordId(noteKind, platform.newKey());
      const create = [{ kind: noteKind, id, data: { text } }];
      await platform.records.for(callerOf(tenant)).scope(id).commit({ action: 'test.note.created', create });
      return id;
    };
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) ids.push(await add('tnt_list_a', 'mine'));
    await Promise.all(Array.from({ length: 5 }, () => add('tnt_list_b', 'mine')));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await own.list(noteKind, { limit: 5, cursor, where: { text: 'mine' } });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      if (seen.length === 5) await add('tnt_list_a', 'mine');
    } while (cursor !== undefined);
    assert.deepEqual(seen, ids.toReversed());
  });

  test('refuses a cursor of another tenant, another filter, or nobody', async () => {
    const page = await platform.records.for(callerOf('tnt_list_a')).list(noteKind, { limit: 1 });
    const { next } = page;
    assert.ok(next !== undefined);
    const refusal = { code: 'platform.cursor_invalid' };
    await assert.rejects(
      platform.records.for(callerOf('tnt_list_b')).list(noteKind, { limit: 1, cursor: next }),
      refusal,
    );
    const filtered = { limit: 1, cursor: next, where: { text: 'mine' } };
    await assert.rejects(platform.records.for(callerOf('tnt_list_a')).list(noteKind, filtered), refusal);
    await assert.rejects(records.list(noteKind, { limit: 1, cursor: 'bm9uc2Vuc2U' }), refusal);
  });
});
