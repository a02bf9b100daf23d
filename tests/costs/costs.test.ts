import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Client, logIn } from '../../scripts/demo/client.ts';
import { passphrase } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';
import { type MeteredApi, startMeteredApi, type WireCost } from './metered-api.ts';
import { type Costs, walk } from './walk.ts';

const SLUG = 'costs';

describe('what requests cost the database', () => {
  let api: MeteredApi;
  let costs: Costs;
  let manager: Client;

  before(async () => {
    const { settings } = testStack();
    await provisionLaboratories(settings, SLUG);
    api = await startMeteredApi(settings);
    const origin = `http://${SLUG}.localhost:${new URL(api.url).port}`;
    const [owner, technician, reviewer] = await Promise.all(
      ['owner', 'technician', 'quality'].map(part => logIn(origin, `${part}@${SLUG}.example`, passphrase)),
    );
    assert(owner !== undefined && technician !== undefined && reviewer !== undefined);
    manager = owner;
    costs = await walk(api, { manager, technician, reviewer });
  });

  after(() => api?.close());

  function costOf(name: string): WireCost {
    const cost = costs.get(name);
    assert(cost !== undefined, `${name} was not measured`);
    return cost;
  }

  for (const name of [
    'calibration.srf.read',
    'calibration.certificate.read',
    'calibration.certificate.pdf',
  ]) {
    // Twice what its kilobytes cost: the account is at Bounded Staleness.
    test(`${name} is one point read`, () => {
      const { trips, counts, requestUnits } = costOf(name);
      assert.deepEqual(counts, { read: 1, write: 0, query: 0, plan: 0, metadata: 0 });
      assert.equal(trips, 1);
      assert(requestUnits < 8, `${requestUnits} request units`);
    });
  }

  for (const [noun, referred] of [
    ['equipment', 1],
    ['srf', 3],
  ] as const) {
    test(`${noun} is created by one batch, after each of what it refers to was pinned and read by one`, () => {
      const { trips, counts } = costOf(`calibration.${noun}.create`);
      assert.deepEqual(counts, { read: 0, write: referred + 1, query: 0, plan: 0, metadata: 0 });
      assert.equal(trips, 2);
    });
  }

  test('an Idempotency-Key is bound side by side with what the handler reads: one write more, and no trip', () => {
    const { trips, counts } = costOf('calibration.equipment.create under a key');
    assert.deepEqual(counts, { read: 0, write: 3, query: 0, plan: 0, metadata: 0 });
    assert.equal(trips, 2);
  });

  test('a customer is created by one batch, after its contacts got their keys in one', () => {
    const { trips, counts } = costOf('calibration.customer.create');
    assert.deepEqual(counts, { read: 0, write: 2, query: 0, plan: 0, metadata: 0 });
    assert.equal(trips, 2);
  });

  for (const noun of ['standard', 'procedure']) {
    test(`a ${noun} is created by one batch and nothing else`, () => {
      const { trips, counts } = costOf(`calibration.${noun}.create`);
      assert.deepEqual(counts, { read: 0, write: 1, query: 0, plan: 0, metadata: 0 });
      assert.equal(trips, 1);
    });
  }

  test('an observation is recorded by one batch', () => {
    const { trips, counts } = costOf('calibration.observation.create');
    assert.equal(counts.write, 1);
    assert(trips <= 2, `${trips} trips`);
  });

  for (const action of ['receive', 'start', 'start_review']) {
    test(`the transition ${action} reads the request with all that lives in it, and writes one batch`, () => {
      const { trips, counts } = costOf(`calibration.srf.transition ${action}`);
      assert.deepEqual([counts.write, counts.query, trips], [1, 1, 2]);
    });
  }

  // Whoever is newly named may have been erased a moment ago: their key is looked at just before.
  test('the transition assign looks at the key of whom it names in between', () => {
    const { trips, counts } = costOf('calibration.srf.transition assign');
    assert.deepEqual([counts.write, counts.query, counts.read, trips], [1, 1, 2, 3]);
  });

  // Which records those are is known once the request is read.
  test('the transition accept reads in between what it freezes: customer, instruments, procedures', () => {
    const { trips, counts } = costOf('calibration.srf.transition accept');
    assert.deepEqual([counts.write, counts.query, counts.read, trips], [1, 1, 3, 3]);
  });

  // The request, the register's head, the number, the commit that takes it, and the register's word that it did.
  test('the transition submit takes a number without gaps in between', () => {
    const { trips, counts } = costOf('calibration.srf.transition submit');
    assert.deepEqual([counts.write, counts.query], [3, 2]);
    assert(trips <= 6, `${trips} trips`);
  });

  for (const action of ['complete', 'sign_review', 'approve']) {
    // Three waits: the request, the proof, the signature. The standards are read beside the proof, whose password is hashed meanwhile;
    // the hash takes longer than that read, so by the clock there are four.
    test(`the transition ${action} writes one batch, after the signer's proof was written under its tag`, () => {
      const { trips, counts } = costOf(`calibration.srf.transition ${action}`);
      assert.deepEqual([counts.write, counts.query], [2, 1]);
      assert(trips <= 4, `${trips} trips`);
    });
  }

  test('a list of a whole page waits for the database three times: plan, ranges, page', () => {
    const { trips, counts } = costOf('calibration.srf.list');
    assert(trips <= 3, `${trips} trips with ${counts.query} queries`);
  });

  test('whatever else is read waits three times at most', () => {
    const others = reads().filter(([name]) => name !== 'calibration.srf.list');
    assert(others.length >= 10);
    for (const [name, { trips }] of others) assert(trips <= 3, `${name} waits ${trips} times`);
  });

  test('an answer names the steps that its request passed, in their order', async () => {
    const { answer } = await api.costOf(() => manager.get('/api/v1/srfs'));
    const steps = [...(answer.headers['server-timing'] ?? '').matchAll(/([a-z-]+);dur=\d+\.\d{4}(?=, |$)/g)];
    assert.deepEqual(
      steps.map(([, step]) => step),
      [
        ...['route', 'tenant', 'authentication', 'limits', 'access', 'validation', 'idempotency'],
        ...['handler', 'reply-check', 'log', 'json', 'conditional', 'compression'],
      ],
    );
  });

  test('nothing that is read writes', () => {
    for (const [name, { counts }] of reads()) assert.equal(counts.write, 0, `${name} writes`);
  });

  function reads(): readonly (readonly [string, WireCost])[] {
    const endings = /\.(read|list|pdf|budget|history|verify|me|verification|transitions)$/;
    return [...costs].filter(([name]) => endings.test(name));
  }
});
