import type { Client } from './client.ts';
import { expect } from './expect.ts';
import type { MeasuredSrf } from './measurement.ts';
import type { Narrator } from './narrator.ts';

const collections: Readonly<Record<string, string>> = {
  cus: 'customers',
  eqp: 'equipment',
  std: 'standards',
  prc: 'procedures',
  srf: 'srfs',
  obs: 'observations',
};

/** Another laboratory meets nothing of the first one's. */
export async function playIsolation(tell: Narrator, rival: Client, srf: MeasuredSrf): Promise<void> {
  tell.heading('Another tenant');
  await tell.step(
    'finds none of these records',
    async () => {
      for (const id of srf.ids) {
        const { status } = await rival.get(`/api/v1/${collections[id.slice(0, 3)]}/${id}`);
        expect(status === 404, `${id} is unknown to the other tenant, not ${status}`);
      }
      for (const collection of [
        'customers',
        'equipment',
        'standards',
        'procedures',
        'srfs',
        'certificates',
        'jobs',
      ]) {
        const { body } = await rival.get(`/api/v1/${collection}`);
        const text = JSON.stringify(body);
        expect(!srf.ids.some(id => text.includes(id)), `${collection} shows nothing of the first tenant`);
      }
    },
    () => `${srf.ids.length} ids asked for, ${srf.ids.length} times 404`,
  );
}
