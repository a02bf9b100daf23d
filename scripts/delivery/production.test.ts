import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Behaviour, canaryRules } from './canary.ts';
import type { Az } from './commands.ts';
import { anEnvironment } from './deployment.fixture.ts';
import { promote, returnTo, runCanary } from './production.ts';
import { behaviourOf, behaviourQuery, readBehaviour } from './telemetry.ts';
import { AT_REST, shareWithCanary } from './traffic.ts';
import { type Watch, watchCanary } from './watch-canary.ts';

/** Origins of two Front Door profiles; `az` answers from them, changes them and remembers what was asked. */
function frontDoors() {
  const origins = () => [
    { name: 'api', properties: { enabledState: 'Enabled', weight: 999 } },
    { name: 'canary', properties: { enabledState: 'Enabled', weight: 1 } },
    { name: 'second-region', properties: { enabledState: 'Enabled', weight: 1000 } },
  ];
  const groupOf = (profile: string): string => `profiles/${profile}/originGroups/api`;
  const groups = { [groupOf('afd-0')]: origins(), [groupOf('afd-1')]: origins() };
  const updates: string[] = [];
  const az: Az = async (...args) => {
    const option = (name: string): string => args[args.indexOf(`--${name}`) + 1] ?? '';
    assert.equal(`${option('namespace')}/${option('resource-type')}`, 'Microsoft.Cdn/origins');
    const origin = groups[option('parent')]?.find(({ name }) => name === option('name'));
    assert.ok(origin !== undefined);
    if (args[1] === 'show') return origin;
    assert.equal(args[1], 'patch');
    Object.assign(origin.properties, JSON.parse(option('properties')));
    updates.push(`${option('parent')}/${origin.name}`);
    return origin;
  };
  const told = () =>
    Object.values(groups).map(all =>
      all.map(({ properties }) => `${properties.enabledState} ${properties.weight}`).join(', '),
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
    const az: Az = async (...args) => {
      if (args.includes('canary')) throw new Error('ERROR: (ResourceNotFound) The resource was not found');
      return frontDoors().az(...args);
    };
    await assert.rejects(shareWithCanary(az, anEnvironment(), 0.1), /afd-0 has no canary/);
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

describe('a canary in prod', () => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-canary-test-'));
  for (const app of ['api', 'worker', 'render']) {
    mkdirSync(join(folder, app));
    writeFileSync(join(folder, app, 'host.json'), '{}');
  }
  after(() => rmSync(folder, { recursive: true }));

  /** Front Door, apps that take every package, and telemetry by which each app fails so many of 1,000 requests. */
  function prod(failed: Readonly<Record<string, number>>) {
    const doors = frontDoors();
    const columns = ['app', 'requests', 'failed', 'p95'].map(name => ({ name }));
    const az: Az = async (...args) => {
      if (args[0] === 'resource') return doors.az(...args);
      if (args[0] === 'account') return '2026-11-25 13:00:00.000000';
      if (args[0] === 'functionapp') return 'Deployment was successful.';
      assert.equal(args[0], 'rest');
      const [, role = ''] = /func-touchstone-prod-(\w+)/.exec(args.at(-1) ?? '') ?? [];
      return { tables: [{ columns, rows: [['api', 1000, failed[role] ?? 0, 90]] }] };
    };
    const work = { sleep: async () => undefined, folder };
    return { ...doors, az, watch: () => runCanary(az, anEnvironment(), {}, () => undefined, work) };
  }

  test('keeps its share when it does well, until it is promoted', async () => {
    const { watch, told } = prod({});
    await watch();
    assert.deepEqual(told(), Array(2).fill('Enabled 900, Enabled 100, Enabled 1000'));
  });

  test('gets no more requests when it does not, and that is told', async () => {
    const { watch, told } = prod({ canary: 200 });
    await assert.rejects(watch(), /the canary is not promoted: 20\.00 % of requests fail/);
    assert.deepEqual(told(), Array(2).fill('Enabled 1000, Disabled 1, Enabled 1000'));
  });

  test('has its token for telemetry before anything is published', async () => {
    const { az } = prod({});
    const asked: string[] = [];
    const listening: Az = async (...args) => {
      asked.push(args.join(' '));
      return az(...args);
    };
    const work = { sleep: async () => undefined, folder };
    await runCanary(listening, anEnvironment(), {}, () => undefined, work);
    const [, audience = ''] =
      /--resource (\S+)/.exec(asked.find(line => line.startsWith('rest ')) ?? '') ?? [];
    assert.equal(asked[0], `account get-access-token --resource ${audience} --query expiresOn`);
    assert.match(asked[1] ?? '', /^functionapp deployment source config-zip/);
  });

  test('gets no more requests when its share could not be given everywhere', async () => {
    const { az, told } = prod({});
    let attempts = 0;
    const once: Az = async (...args) => {
      if (args[1] === 'patch' && args.includes('profiles/afd-1/originGroups/api') && attempts++ === 0)
        throw new Error('ERROR: (Conflict) another operation is in progress');
      return az(...args);
    };
    const work = { sleep: async () => undefined, folder };
    await assert.rejects(
      runCanary(once, anEnvironment(), {}, () => undefined, work),
      /Conflict/,
    );
    assert.deepEqual(told(), Array(2).fill('Enabled 1000, Disabled 1, Enabled 1000'));
  });
});

describe('a login that is over in minutes', () => {
  /** Nobody gets a token; what was asked is remembered. */
  function refusing() {
    const asked: string[] = [];
    const az: Az = async (...args) => {
      asked.push(args.join(' '));
      throw new Error('AADSTS700024: Client assertion is not within its valid time range');
    };
    return { az, asked };
  }
  const vault = 'account get-access-token --resource https://vault.azure.net --query expiresOn';
  const telemetry = 'account get-access-token --resource https://api.loganalytics.io --query expiresOn';
  const silent = () => undefined;

  for (const [what, wanted, work] of [
    ['a canary', telemetry, (az: Az) => runCanary(az, anEnvironment(), {}, silent)],
    ['a promotion', vault, (az: Az) => promote(az, anEnvironment())],
    ['a roll-back', vault, (az: Az) => returnTo(az, anEnvironment(), undefined, silent)],
  ] as const) {
    test(`is found out before ${what} changes anything`, async () => {
      const { az, asked } = refusing();
      await assert.rejects(work(az), /AADSTS700024/);
      assert.deepEqual(asked, [wanted]);
    });
  }
});
