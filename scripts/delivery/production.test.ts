import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Behaviour, canaryRules } from './canary.ts';
import type { Az } from './commands.ts';
import { anEnvironment } from './deployment.fixture.ts';
import { behaviourOf, behaviourQuery, readBehaviour } from './telemetry.ts';
import { AT_REST, shareWithCanary } from './traffic.ts';
import { type Watch, watchCanary } from './watch-canary.ts';

/** Origins of two Front Door profiles; `az` answers from them, changes them and remembers what was asked. */
function frontDoors() {
  const origins = () => [
    { name: 'api', enabledState: 'Enabled', weight: 999 },
    { name: 'canary', enabledState: 'Enabled', weight: 1 },
    { name: 'second-region', enabledState: 'Enabled', weight: 1000 },
  ];
  const profiles: Record<string, ReturnType<typeof origins>> = { 'afd-0': origins(), 'afd-1': origins() };
  const updates: string[] = [];
  const az: Az = async (...args) => {
    const option = (name: string): string => args[args.indexOf(`--${name}`) + 1] ?? '';
    const group = profiles[option('profile-name')] ?? [];
    if (args[2] === 'list') return group;
    const origin = group.find(({ name }) => name === option('origin-name'));
    assert.ok(origin !== undefined && args[2] === 'update');
    origin.enabledState = option('enabled-state');
    origin.weight = Number(option('weight'));
    updates.push(`${option('profile-name')}/${origin.name}`);
    return origin;
  };
  const told = () =>
    Object.values(profiles).map(all =>
      all.map(origin => `${origin.enabledState} ${origin.weight}`).join(', '),
    );
  return { az, updates, told };
}

describe('the canary’s share of the requests', () => {
  test('is given in every Front Door profile, and the second region is left alone', async () => {
    const { az, told } = frontDoors();
    await shareWithCanary(az, anEnvironment(), 0.1);
    const wanted = 'Enabled 900, Enabled 100, Enabled 1000';
    assert.deepEqual(told(), [wanted, wanted]);
  });

  test('is taken away by disabling its origin, since a weight cannot be 0', async () => {
    const { az, told } = frontDoors();
    await shareWithCanary(az, anEnvironment(), 0);
    assert.equal(told()[1], 'Enabled 1000, Disabled 1, Enabled 1000');
  });

  test('at rest is the one of the templates, and what is as it should be is left alone', async () => {
    const { az, updates } = frontDoors();
    await shareWithCanary(az, anEnvironment(), AT_REST);
    assert.deepEqual(updates, []);
  });

  test('cannot be given where there is no canary', async () => {
    await assert.rejects(
      shareWithCanary(async () => [], anEnvironment(), 0.1),
      /afd-0 has no canary/,
    );
  });
});

describe('what telemetry tells of an app', () => {
  const columns = ['app', 'requests', 'failed', 'p95'].map(name => ({ name, type: 'long' }));

  test('is read by the names of its columns', () => {
    const answer = { tables: [{ name: 'PrimaryResult', columns, rows: [['api', 1200, 3, 97.5]] }] };
    assert.deepEqual(readBehaviour(answer), { requests: 1200, failed: 3, p95: 97.5 });
  });

  test('is silence when there is no row', () => {
    const answer = { tables: [{ name: 'PrimaryResult', columns, rows: [] }] };
    assert.deepEqual(readBehaviour(answer), { requests: 0, failed: 0, p95: undefined });
  });

  test('leaves probes of health out, which would drown the requests of people', () => {
    assert.match(behaviourQuery(['a'], new Date(0)), /Url !contains '\/api\/health\/'/);
  });

  test('is asked of the workspace, for exactly these apps since then', async () => {
    const asked: string[][] = [];
    const az: Az = async (...args) => {
      asked.push(args);
      return { tables: [{ columns, rows: [] }] };
    };
    await behaviourOf(
      az,
      '/subscriptions/s/workspaces/w',
      ['func-a', 'func-b'],
      new Date('2026-11-25T12:00:00Z'),
    );
    const [args = []] = asked;
    assert.equal(
      args[args.indexOf('--url') + 1],
      'https://api.loganalytics.io/v1/subscriptions/s/workspaces/w/query',
    );
    const { query } = JSON.parse(args[args.indexOf('--body') + 1] ?? '');
    assert.match(query, /datetime\(2026-11-25T12:00:00.000Z\)/);
    assert.match(query, /AppRoleName in~ \('func-a', 'func-b'\)/);
  });
});

describe('the watch over a canary', () => {
  const standing: Behaviour = { requests: 9000, failed: 0, p95: 100 };
  const well: Behaviour = { requests: 1000, failed: 0, p95: 100 };

  /** A watch of 15 minutes whose time passes at once; `seen` tells what each look finds. */
  function watchOf(seen: (minute: number) => Behaviour): Watch & { readonly minutes: () => number } {
    let minutes = 0;
    return {
      look: async () => ({ canary: seen(minutes), standing }),
      rules: canaryRules,
      duration: 900,
      settle: 300,
      every: 60,
      sleep: async () => {
        minutes += 1;
      },
      say: () => undefined,
      minutes: () => minutes,
    };
  }

  test('lasts its time and waits for the last telemetry before it says yes', async () => {
    const watch = watchOf(() => well);
    await watchCanary(watch);
    assert.equal(watch.minutes(), 20);
  });

  test('ends at once when the canary plainly breaks', async () => {
    const watch = watchOf(minute => (minute < 3 ? well : { ...well, failed: 100 }));
    await assert.rejects(watchCanary(watch), /10\.00 % of requests fail/);
    assert.equal(watch.minutes(), 3);
  });

  test('says no when nobody came', async () => {
    await assert.rejects(
      watchCanary(watchOf(() => ({ requests: 0, failed: 0, p95: undefined }))),
      /only 0 requests came/,
    );
  });

  test('bears that telemetry is out for a while, but not at the end', async () => {
    const outage = (from: number, to: number) =>
      watchOf(minute => {
        if (minute >= from && minute < to) throw new Error('503');
        return well;
      });
    await watchCanary(outage(5, 9));
    await assert.rejects(watchCanary(outage(19, 99)), /503/);
  });
});
