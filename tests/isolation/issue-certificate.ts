import type { Answer, Client } from '../../scripts/demo/client.ts';
import { asSignedBy, type Transition } from '../../scripts/demo/signing.ts';
import { exampleBody } from './example-body.ts';
import type { OwnTenant } from './own-tenants.ts';
import { endpoints, type IdBook } from './table.ts';

/**
 * Takes the tenant's first service request through its workflow to a certificate: what one person measured another one
 * approves. Returns every answer on the way.
 */
export async function issueCertificate(tenant: OwnTenant, book: IdBook): Promise<readonly Answer[]> {
  const { owner, second } = tenant;
  const [srfId] = book.get('srf') ?? [];
  if (srfId === undefined) return [];
  const path = `/api/v1/srfs/${srfId}`;
  const answers: Answer[] = [];
  const act = async (client: Client, transition: Transition): Promise<void> => {
    answers.push(await actOn(client, path, transition));
  };
  const { body: person } = await owner.get('/api/v1/me');
  await act(owner, { action: 'submit' });
  await act(owner, { action: 'receive' });
  await act(owner, { action: 'accept' });
  await act(owner, { action: 'assign', assignTo: person.id });
  await act(owner, { action: 'start' });
  const [procedureId] = book.get('prc') ?? [];
  answers.push(await signProcedure(second, `/api/v1/procedures/${procedureId}`));
  answers.push(...(await observeEveryPoint(owner, path, book)));
  await act(owner, { action: 'complete' });
  for (const action of ['start_review', 'sign_review', 'approve']) await act(second, { action });
  answers.push(expectStatus(await second.post(`${path}/items/i1/certificate`, {}), 202));
  return answers;
}

/** Somebody approves a procedure, so that there is a signature. */
async function signProcedure(client: Client, path: string): Promise<Answer> {
  const { headers } = await client.get(path);
  const body = { meaning: 'approval', password: client.password };
  const ifMatch = { 'if-match': headers['etag'] ?? '' };
  return expectStatus(await client.post(`${path}/signatures`, body, ifMatch), 201);
}

/** The example of an observation at each test point of the request. */
export async function observeEveryPoint(
  client: Client,
  srfPath: string,
  book: IdBook,
): Promise<readonly Answer[]> {
  const endpoint = endpoints.find(({ id }) => id === 'calibration.observation.create');
  if (endpoint === undefined) throw new Error('observations are made elsewhere now');
  const example = exampleBody(endpoint, book) as object; // the example of a body is an object
  const { body: srf } = await client.get(srfPath);
  const answers: Answer[] = [];
  for (const { id, nominal } of srf.items[0].testPoints) {
    const readings = Array(5).fill(nominal.value);
    const body = { ...example, pointId: id, readings, reference: nominal };
    answers.push(expectStatus(await client.post(`${srfPath}/observations`, body), 201));
  }
  return answers;
}

/** Takes a transition on the version that stands now. */
export async function actOn(client: Client, srfPath: string, transition: Transition): Promise<Answer> {
  const { headers } = await client.get(srfPath);
  const answer = await client.post(`${srfPath}/transitions`, asSignedBy(client, transition), {
    'if-match': headers['etag'] ?? '',
  });
  return expectStatus(answer, 200);
}

function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`expected ${status}, was ${answer.status}: ${answer.bytes}`);
  return answer;
}
