import type { Answer, Client } from '../../scripts/demo/client.ts';
import { expectStatus } from '../../scripts/demo/expect.ts';
import { asSignedBy, type Transition } from '../../scripts/demo/signing.ts';

/** The record at `/api/v1/<path>`. */
export async function read(client: Client, path: string): Promise<Answer['body']> {
  return expectStatus(await client.get(`/api/v1/${path}`), 200, path);
}

/** Changes the record as it is now. */
export async function patch(client: Client, path: string, body: object): Promise<Answer> {
  const { headers } = await client.get(`/api/v1/${path}`);
  return client.patch(`/api/v1/${path}`, body, { 'if-match': headers['etag'] ?? '' });
}

/** Takes a transition of the request as it is now; gives the request after it. */
export async function act(client: Client, srfId: string, transition: Transition): Promise<Answer['body']> {
  const { headers } = await client.get(`/api/v1/srfs/${srfId}`);
  const ifMatch = { 'if-match': headers['etag'] ?? '' };
  const answer = await client.post(
    `/api/v1/srfs/${srfId}/transitions`,
    asSignedBy(client, transition),
    ifMatch,
  );
  return expectStatus(answer, 200, JSON.stringify(transition));
}
