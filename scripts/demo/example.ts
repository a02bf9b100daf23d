import { weightOfTenKilograms } from '../demo-data/example.ts';
import {
  customerBody,
  weightBody,
  weightObservation,
  weightProcedureBody,
  weightStandardBody,
} from './bodies.ts';
import type { Cast } from './cast.ts';
import { expect, expectStatus } from './expect.ts';
import { act, idOf } from './measurement.ts';
import type { Narrator } from './narrator.ts';

/** A worked example of EA-4/02 through the API: its published result must come out. */
export async function playExample(tell: Narrator, { sales, quality, technician }: Cast): Promise<void> {
  const { source, published } = weightOfTenKilograms;
  tell.heading(`A published example: ${source}`);
  const srfId = await tell.step(
    'enter the weight of the example',
    async () => {
      const customerId = await idOf(sales, 'customers', { ...customerBody, name: 'EA-4/02' });
      const equipmentId = await idOf(sales, 'equipment', { ...weightBody, customerId });
      const procedureId = await idOf(quality, 'procedures', weightProcedureBody);
      return idOf(sales, 'srfs', { customerId, items: [{ equipmentId, procedureId }] });
    },
    id => id,
  );
  const standardId = await idOf(quality, 'standards', weightStandardBody(new Date()));
  const { body: person } = await technician.get('/api/v1/me');
  await act(tell, sales, srfId, { action: 'submit' });
  await act(tell, sales, srfId, { action: 'receive' });
  await act(tell, sales, srfId, { action: 'accept' });
  await act(tell, quality, srfId, { action: 'assign', assignTo: person.id });
  await act(tell, technician, srfId, { action: 'start' });
  await tell.step(
    'the published result comes out',
    async () => {
      await idOf(technician, `srfs/${srfId}/observations`, weightObservation(standardId));
      const budget = expectStatus(
        await technician.get(`/api/v1/srfs/${srfId}/items/i1/budget`),
        200,
        'the budget',
      );
      const { formatted } = budget.points[0];
      expect(
        formatted.measured === published.measured,
        `m = ${published.measured} g, not ${formatted.measured}`,
      );
      expect(
        formatted.expandedUncertainty === published.expandedUncertainty,
        `U = ${published.expandedUncertainty} g, not ${formatted.expandedUncertainty}`,
      );
      return formatted;
    },
    formatted =>
      `m = ${formatted.measured} g, U = ${formatted.expandedUncertainty} g, k = ${formatted.coverageFactor}`,
  );
}
