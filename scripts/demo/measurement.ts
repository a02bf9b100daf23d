import { laboratory } from '../demo-data/laboratory.ts';
import {
  customerBody,
  gaugeBlocksBody,
  micrometerBody,
  micrometerObservations,
  micrometerProcedureBody,
} from './bodies.ts';
import type { Cast } from './cast.ts';
import type { Client } from './client.ts';
import { expect, expectStatus } from './expect.ts';
import type { Narrator } from './narrator.ts';
import { asSignedBy } from './signing.ts';

/** What the first part leaves behind. */
export type MeasuredSrf = {
  readonly id: string;
  readonly number: string;
  readonly ids: readonly string[];
};

/** From the customer to an approved service request with every reading in it. */
export async function playMeasurement(tell: Narrator, cast: Cast): Promise<MeasuredSrf> {
  tell.heading('A customer, an instrument, a standard');
  const { sales, quality, technician } = cast;
  const now = new Date();
  const make = (client: Client, what: string, path: string, body: unknown): Promise<string> =>
    tell.step(
      what,
      async () => idOf(client, path, body),
      id => id,
    );
  const customerId = await make(sales, 'create the customer', 'customers', customerBody);
  const equipmentId = await make(sales, 'create the micrometer', 'equipment', {
    ...micrometerBody,
    customerId,
  });
  const standardId = await make(quality, 'create the gauge blocks', 'standards', gaugeBlocksBody(now));
  const procedureId = await make(quality, 'create the procedure', 'procedures', micrometerProcedureBody);

  tell.heading('A service request through its workflow');
  const srfId = await make(sales, 'create the service request', 'srfs', {
    customerId,
    purchaseOrder: 'PO 4500182736',
    items: [{ equipmentId, procedureId }],
    place: laboratory.name,
  });
  const { body: person } = await technician.get('/api/v1/me');
  await act(tell, sales, srfId, { action: 'submit' });
  await act(tell, sales, srfId, {
    action: 'receive',
    conditionOnReceipt: 'Clean and undamaged, in its case.',
  });
  await act(tell, sales, srfId, { action: 'accept' });
  await act(tell, quality, srfId, { action: 'assign', assignTo: person.id });
  await act(tell, technician, srfId, { action: 'start' });

  tell.heading('Readings and their uncertainty');
  const observations = micrometerObservations(standardId, now);
  const observed = await tell.step(
    `enter ${observations.length} observations`,
    () => observe(technician, srfId, observations),
    ids => `${ids.length * 5} readings`,
  );
  await tell.step(
    'see the uncertainty budget',
    () => budgetOf(technician, srfId),
    line => line,
  );
  await act(tell, technician, srfId, { action: 'complete' });

  tell.heading('Review by a second person');
  await tell.step(
    'the technician may not approve',
    () => refuseTechnician(technician, srfId),
    code => code,
  );
  await act(tell, quality, srfId, { action: 'start_review' });
  await act(tell, quality, srfId, { action: 'sign_review' });
  const approved = await act(tell, quality, srfId, { action: 'approve' });
  return {
    id: srfId,
    number: approved.number,
    ids: [customerId, equipmentId, standardId, procedureId, srfId, ...observed],
  };
}

/** Creates something and gives its id. */
export async function idOf(client: Client, path: string, body: unknown): Promise<string> {
  return expectStatus(await client.post(`/api/v1/${path}`, body), 201, `creating in ${path}`).id;
}

/** A transition as a client asks for it. */
type Transition = {
  readonly action: string;
  readonly assignTo?: string;
  readonly conditionOnReceipt?: string;
};

/** Takes one transition on the version that stands now. */
export async function act(
  tell: Narrator,
  client: Client,
  srfId: string,
  transition: Transition,
): Promise<{ readonly number: string; readonly state: string }> {
  return tell.step(
    `${transition.action.replace('_', ' ')}`,
    async () => {
      const path = `/api/v1/srfs/${srfId}`;
      const { headers } = await client.get(path);
      const answer = await client.post(`${path}/transitions`, asSignedBy(client, transition), {
        'if-match': headers['etag'] ?? '',
      });
      return expectStatus(answer, 200, transition.action);
    },
    srf => `${srf.number ?? ''} ${srf.state.replaceAll('_', ' ')}`.trim(),
  );
}

/** Enters observations a few at a time, as a bench with several hands would. */
export async function observe(
  client: Client,
  srfId: string,
  bodies: readonly unknown[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push(await idOf(client, `srfs/${srfId}/observations`, body));
  return ids;
}

async function budgetOf(client: Client, srfId: string): Promise<string> {
  const budget = expectStatus(await client.get(`/api/v1/srfs/${srfId}/items/i1/budget`), 200, 'the budget');
  const last = budget.points.findLast((point: { run: string }) => point.run === 'as_left');
  expect(last?.lines.length >= 6, 'the budget is shown line by line');
  const { formatted, nominal, lines } = last;
  const { error, expandedUncertainty, coverageFactor, unit } = formatted;
  return `${lines.length} lines; at ${nominal} mm E = ${error} ${unit}, U = ${expandedUncertainty} ${unit}, k = ${coverageFactor}`;
}

async function refuseTechnician(technician: Client, srfId: string): Promise<string> {
  const path = `/api/v1/srfs/${srfId}`;
  const { headers } = await technician.get(path);
  const answer = await technician.post(
    `${path}/transitions`,
    { action: 'start_review' },
    { 'if-match': headers['etag'] ?? '' },
  );
  expect(answer.status === 403, `a technician is refused, not answered ${answer.status}`);
  return answer.body.code;
}
