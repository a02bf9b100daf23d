import { type TestContext, test } from 'node:test';
import { ServiceBusClient } from '@azure/service-bus';
import fc from 'fast-check';
import { CrashModel } from './crash-model.ts';
import { type Action, actions, CrashPlayer, crashTopology, everything } from './crash-player.ts';
import { type MortalBus, startMortalBus } from './test-bus.ts';

/** Long enough for a machine under load; what takes longer counts as in doubt. */
const impatient = { retryOptions: { maxRetries: 0, timeoutInMs: 5000 } };

/** What one client does between two kills, and after how many words of all clients the kill comes. */
const epoch = fc.record({
  clients: fc.array(fc.array(fc.constantFrom(...actions), { minLength: 8, maxLength: 12 }), {
    minLength: 3,
    maxLength: 3,
  }),
  words: fc.integer({ min: 8, max: 28 }),
});
type Epoch = typeof epoch extends fc.Arbitrary<infer Value> ? Value : never;

/** Servers that live and die at the same time: each history mostly waits. */
const histories = fc.array(fc.array(epoch, { minLength: 2, maxLength: 2 }), { minLength: 4, maxLength: 4 });

test('after random histories of several clients with kills in between, nothing is lost, doubled or back', async t => {
  await fc.assert(
    fc.asyncProperty(histories, async sides => {
      await Promise.all(sides.map(epochs => live(t, epochs)));
    }),
    // A history that fails is not made smaller: what the kill met would not come again.
    { numRuns: 1, endOnFailure: true },
  );
});

async function live(t: TestContext, epochs: readonly Epoch[]): Promise<void> {
  const bus = await startMortalBus(t, crashTopology);
  const model = new CrashModel();
  await beCertain(bus, model);
  for (const { clients, words } of epochs) {
    await untilKilled(bus, model, clients, words);
    await bus.start();
    await bus.jump(61);
    // Their time has come, so nobody can cancel them any more.
    model.scheduled.length = 0;
  }
  await bus.jump(3600);
  model.compare(await everything(bus.client()));
}

/** What chance makes of a history may all be in doubt; this is not, and no kill may undo it. */
async function beCertain(bus: MortalBus, model: CrashModel): Promise<void> {
  const client = new ServiceBusClient(bus.connectionString);
  const player = new CrashPlayer(client, model, new AbortController().signal, 0);
  while (model.certain === 0) for (const action of ['send', 'complete'] as const) await player.play(action);
  await client.close();
}

/** Runs the clients at the same time and kills the server in the middle of it. */
async function untilKilled(
  bus: MortalBus,
  model: CrashModel,
  plans: readonly (readonly Action[])[],
  words: number,
): Promise<void> {
  const killed = new AbortController();
  const { promise: enough, resolve: stop } = Promise.withResolvers<void>();
  let spoken = 0;
  const runs = plans.map(async (plan, turn) => {
    const client = new ServiceBusClient(bus.connectionString, impatient);
    const player = new CrashPlayer(client, model, killed.signal, turn);
    for (const action of plan) {
      if (killed.signal.aborted) break;
      // What fails here was in doubt when the server died, or met a message that another client holds.
      await player.play(action).catch(() => undefined);
      spoken += 1;
      if (spoken >= words) stop();
    }
    return client;
  });
  await Promise.race([enough, Promise.all(runs)]);
  await bus.kill();
  killed.abort();
  // A client whose server died closes only after its timeouts; nobody waits for that here.
  for (const client of await Promise.all(runs)) client.close().catch(() => undefined);
}
