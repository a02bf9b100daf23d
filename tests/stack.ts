import { join } from 'node:path';
import { faults } from '../local/faults/client.ts';
import { type Stack, startStack } from '../local/supervisor/stack.ts';
import { startNameServer } from './dns/name-server.ts';
import { rightsOfApps } from './rights.ts';
import { makeTemplateKeys } from './template-keys.ts';

/** How tests find the stack that the run started for them. */
const VARIABLE = 'TOUCHSTONE_TEST_STACK';
/** The folder that the name server of this run reads. */
const ZONE = 'TOUCHSTONE_TEST_ZONE';

export type StackAddress = {
  readonly settings: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
};

/** Starts the whole stack on free ports, where each app may do what its roles in Azure let it, and tells the tests of this run where it is. */
export async function startTestStack(dataDir: string, packages?: string): Promise<Pick<Stack, 'stop'>> {
  const zone = join(dataDir, 'zone');
  const nameServer = await startNameServer(zone);
  const stack = await startStack({
    dataDir,
    ports: 'free',
    apps: ['api', 'worker', 'render'],
    ...(packages === undefined ? {} : { packages }),
    settings: { DNS_SERVERS: nameServer.address, [ZONE]: zone },
    rights: rightsOfApps(),
  });
  await makeTemplateKeys(stack.settings);
  // What asks for less than the account's Bounded Staleness must bear to see less.
  await faults(stack).on('cosmos').readStale({ ms: 400 });
  const { settings, urls } = stack;
  process.env[VARIABLE] = JSON.stringify({ settings, urls } satisfies StackAddress);
  return {
    stop: async () => {
      await stack.stop();
      await nameServer.close();
    },
  };
}

/** The stack of this run. */
export function testStack(): StackAddress {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error('there is no stack; run this by `npm test -- <word>`');
  return JSON.parse(text) as StackAddress; // written by startTestStack above
}

/** The folder with what the name server of this run tells. */
export function testZone(): string {
  return testStack().settings[ZONE] ?? '';
}
