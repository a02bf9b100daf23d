import type { Composition } from '../../functions/compose.ts';
import { systemCaller, type TenantId } from '../../shared/kernel/index.ts';
import type { Laboratory } from '../../tests/laboratory.ts';
import { expectStatus, until } from '../demo/expect.ts';
import type { Receiver } from '../demo/receiver.ts';
import type { Ledger } from './work.ts';

/** The longest that a dead worker's message, its lease and the pause before its next try take together. */
const LONGEST = 300_000;

export type Scene = {
  readonly laboratory: Laboratory;
  readonly ledger: Ledger;
  readonly receiver: Receiver;
  readonly product: Composition;
  readonly tenant: TenantId;
};

/** Everything that is not as it was promised, in sentences; empty when all is well. */
export async function prove(scene: Scene): Promise<readonly string[]> {
  const wrong: string[] = [];
  await jobsEndedOnce(scene, wrong);
  await changesAreThere(scene, wrong);
  await numbersAreWhole(scene, wrong);
  await chainsVerify(scene, wrong);
  return wrong;
}

async function jobsEndedOnce({ laboratory, ledger, receiver }: Scene, wrong: string[]): Promise<void> {
  for (const [location, srfId] of ledger.jobs) {
    const job = await laboratory.ended(location, LONGEST);
    if (job.state !== 'succeeded')
      wrong.push(`${location} ended ${job.state}: ${JSON.stringify(job.problem)}`);
    const issued = ({ type, data }: { type: string; data: Readonly<Record<string, unknown>> }): boolean =>
      type === 'calibration.certificate.issued' && data['srfId'] === srfId;
    await receiver.waitFor(issued, LONGEST);
    const told = new Set(receiver.deliveries.filter(issued).map(({ id }) => id));
    if (told.size !== 1) wrong.push(`${location} was told under ${told.size} webhook ids`);
    const { body: certificates } = await laboratory.owner.get(`/api/v1/srfs/${srfId}/certificates`);
    if (certificates.items.length !== 1) wrong.push(`${srfId} has ${certificates.items.length} certificates`);
    const { body: history } = await laboratory.owner.get(`/api/v1/srfs/${srfId}/history?limit=100`);
    const ends = history.items.filter((entry: { action: string }) => entry.action.endsWith('.issued'));
    if (ends.length !== 1) wrong.push(`${srfId} was issued ${ends.length} times`);
  }
}

async function changesAreThere({ laboratory, ledger }: Scene, wrong: string[]): Promise<void> {
  for (const [id, names] of ledger.customers) {
    const { body } = await laboratory.owner.get(`/api/v1/customers/${id}`);
    if (body.version !== names.length)
      wrong.push(`${id} has ${body.version} versions, ${names.length} were promised`);
    if (body.name !== names.at(-1)) wrong.push(`${id} is called ${body.name}, not ${names.at(-1)}`);
    for (const [index, name] of names.entries()) {
      const version = await laboratory.owner.get(`/api/v1/customers/${id}/history/${index + 1}`);
      const found = JSON.stringify(version.body);
      if (!found.includes(name)) wrong.push(`version ${index + 1} of ${id} is not what was promised`);
    }
  }
}

/** Numbers are there once, without gaps; none is left reserved beyond its time. */
async function numbersAreWhole({ ledger, product, tenant }: Scene, wrong: string[]): Promise<void> {
  const caller = systemCaller(tenant, '', 'chaos');
  const register = `srf-${new Date().getFullYear()}`;
  const entries = await product.platform.registers.list(caller, register);
  const gaps = entries.filter(({ sequence }, index) => sequence !== index + 1);
  if (gaps.length > 0) wrong.push(`register ${register} has gaps before ${gaps[0]?.sequence}`);
  const late = entries.filter(
    ({ state, expiresAt }) => state === 'reserved' && expiresAt < new Date().toISOString(),
  );
  if (late.length > 0)
    wrong.push(`${late.length} reservations of ${register} are neither settled nor running`);
  const owners = new Map(
    entries.filter(({ state }) => state !== 'void').map(({ owner, sequence }) => [owner, sequence]),
  );
  for (const [id, number] of ledger.numbers) {
    if (owners.get(id) !== Number(/\d+$/.exec(number)?.[0]))
      wrong.push(`${id} has ${number}, the register says ${owners.get(id)}`);
  }
  if (new Set(ledger.numbers.values()).size !== ledger.numbers.size) wrong.push('a number was given twice');
}

async function chainsVerify({ laboratory }: Scene, wrong: string[]): Promise<void> {
  const asked = await laboratory.owner.post('/api/v1/audit/verifications');
  expectStatus(asked, 202, 'a verification');
  const job = await laboratory.ended(asked.headers['location'] ?? '', LONGEST);
  const answer = await until(
    () => laboratory.owner.get(`/api/v1/audit/verifications/${job.id}/report`),
    ({ status }) => status === 200,
    LONGEST,
    'the report',
  );
  if (answer.body.intact !== true) wrong.push(`chains: ${JSON.stringify(answer.body).slice(0, 500)}`);
}
