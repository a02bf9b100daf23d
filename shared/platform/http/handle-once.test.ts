import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemCaller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { RepeatedRequest, recordFault } from '../records/index.ts';
import type { ApiReply, ApiRequest, Endpoint } from './endpoint.ts';
import { handleOnce } from './handle-once.ts';
import { noStopwatch } from './stopwatch.ts';

type Handle = Endpoint['handle'];

const done = { status: 204, headers: {}, body: undefined } satisfies ApiReply;
const reused = (): Error => recordFault('platform.idempotency_key_reused');
const REUSED = { code: 'platform.idempotency_key_reused' };

/** A request under a key whose binding ends as told; `seen` are the calls that reached the parts behind. */
function underKey(handle: Handle) {
  const binding = Promise.withResolvers<void>();
  const seen: string[] = [];
  const part = (name: string) => async (): Promise<undefined> => void seen.push(name);
  const platform = {
    records: {
      for: (_caller: unknown, leave: Promise<unknown> | undefined) => ({
        bindKey: () => binding.promise,
        find: part('find'),
        scope: () => ({ commit: () => (leave ?? Promise.resolve()).then(part('commit')) }),
      }),
    },
    tenants: { byId: part('byId'), releaseSlug: part('releaseSlug') },
    registers: { reserve: part('reserve') },
    artifacts: { find: part('find artifact'), keep: part('keep artifact') },
    ...Object.fromEntries(
      ['audit', 'projector', 'uniques', 'balances', 'issuers', 'erasure', 'privacy', 'exports'].map(name => [
        name,
        {},
      ]),
    ),
    ...{ mailer: { send: part('send') }, deliveries: {}, webhookSecrets: {}, maintenance: {} },
    domains: { directory: {}, nameServers: {}, edge: {} },
    settleReservations: part('settle'),
  } as unknown as Capabilities; // nothing else of it is used
  const endpoint = {
    ...{ id: 'test.act', method: 'POST', path: '/acts', access: { permission: 'test.act' }, handle },
    replies: { 204: { description: 'Done.' } },
  } as unknown as Endpoint; // what the way of a request before its handler reads is left out
  const idempotency = { boundId: 'key_1', entryId: 'idem_1', fingerprint: 'print' };
  const request = {
    caller: { ...systemCaller('tnt_1', 'one', 'test'), idempotency },
  } as unknown as ApiRequest<unknown, unknown, unknown>; // handlers here read nothing else
  const answer = handleOnce({ platform, kinds: [] }, endpoint, request, {}, noStopwatch);
  return { answer, binding, seen };
}

/** All that does not wait has happened after some turns of the loop. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

const commit = (caller: unknown, platform: Capabilities) =>
  platform.records
    .for(caller as Parameters<Capabilities['records']['for']>[0])
    .scope('one')
    .commit({ action: 'test.acted' });

describe('while an Idempotency-Key is bound, a handler', () => {
  test('reads, and what it would write waits', async () => {
    const { answer, binding, seen } = underKey(async ({ caller }, platform) => {
      await platform.records.for(caller).find({} as never, 'one');
      await platform.tenants.byId('one');
      await Promise.all([
        commit(caller, platform),
        platform.registers.reserve(caller, 'register', { id: 'one', scope: 'one' }),
        platform.tenants.releaseSlug('one', 'tnt_1'),
        platform.artifacts.find('tnt_1' as never, 'hash', 'pdf'),
        platform.artifacts.keep('tnt_1' as never, 'hash', 'pdf', 'application/pdf', new Uint8Array()),
        platform.mailer.send({} as never),
      ]);
      return done;
    });
    await turns();
    assert.deepEqual(seen, ['find', 'byId', 'find artifact']);
    binding.resolve();
    assert.equal((await answer).status, 204);
    assert.deepEqual(seen.slice(3).sort(), ['commit', 'keep artifact', 'releaseSlug', 'reserve', 'send']);
  });

  test('writes nothing when the key stands for another request', async () => {
    const { answer, binding, seen } = underKey(async ({ caller }, platform) => {
      await commit(caller, platform);
      return done;
    });
    binding.reject(reused());
    await assert.rejects(answer, REUSED);
    assert.deepEqual(seen, []);
  });

  test('that refuses, or breaks, is not heard when the key stands for another request', async () => {
    for (const handle of [
      async () => Promise.reject(recordFault('platform.not_found')),
      () => {
        throw new TypeError('a bug');
      },
    ] satisfies Handle[]) {
      const { answer, binding } = underKey(handle);
      await turns();
      binding.reject(reused());
      await assert.rejects(answer, REUSED);
    }
  });

  test('that has an answer without writing waits with it', async () => {
    const { answer, binding } = underKey(async () => done);
    let isAnswered = false;
    void answer.then(
      () => undefined,
      () => {
        isAnswered = true;
      },
    );
    await turns();
    assert.equal(isAnswered, false);
    binding.reject(reused());
    await assert.rejects(answer, REUSED);
  });

  test('goes on with nothing once somebody was answered', async () => {
    const reading = Promise.withResolvers<void>();
    let isOver = false;
    const { answer, binding } = underKey(async () => {
      await reading.promise;
      isOver = true;
      return done;
    });
    binding.reject(reused());
    await turns();
    reading.resolve();
    await assert.rejects(answer, REUSED);
    assert.equal(isOver, true);
  });

  test('refuses as it would when the key is bound', async () => {
    const { answer, binding } = underKey(async () => Promise.reject(recordFault('platform.not_found')));
    binding.resolve();
    await assert.rejects(answer, { code: 'platform.not_found' });
  });

  test('gives the answer that the same request got before, whatever it says itself', async () => {
    const { answer, binding } = underKey(async () => Promise.reject(recordFault('platform.version_stale')));
    await turns();
    binding.reject(new RepeatedRequest(done));
    assert.equal((await answer).headers['idempotency-replayed'], 'true');
  });

  test('leaves no refusal unheard, also when it never asks', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      const { answer, binding } = underKey(() => {
        throw new TypeError('a bug');
      });
      binding.reject(reused());
      await assert.rejects(answer, REUSED);
      await turns();
      assert.deepEqual(unheard, []);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });
});
