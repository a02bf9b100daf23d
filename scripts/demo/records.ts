import type { Cast } from './cast.ts';
import type { Answer } from './client.ts';
import { expect, expectStatus, until } from './expect.ts';
import type { MeasuredSrf } from './measurement.ts';
import type { Narrator } from './narrator.ts';

/** What the laboratory's records can show of themselves: found with a typo, compared, in use, audited, verified. */
export async function playRecords(tell: Narrator, cast: Cast, srf: MeasuredSrf): Promise<void> {
  tell.heading('Records that account for themselves');
  await tell.step(
    'find the micrometer in spite of a typo',
    () => search(cast),
    text => text,
  );
  await tell.step(
    'see what the approval changed',
    () => lastChange(cast, srf),
    text => text,
  );
  await tell.step(
    'a standard that was used is not deleted',
    () => refuseDeletion(cast, srf),
    text => text,
  );
  await tell.step(
    'the audit knows who signed',
    () => audit(cast, srf),
    text => text,
  );
  await tell.step(
    'verify every change of the laboratory',
    () => verifyAll(cast),
    text => text,
  );
}

async function search({ sales }: Cast): Promise<string> {
  const { items } = expectStatus(
    await sales.get('/api/v1/equipment?q=micormeter&fields=description'),
    200,
    'search',
  );
  expect(items.length > 0, 'the micrometer is found');
  return `“micormeter” finds ${items[0].description}`;
}

async function lastChange({ owner }: Cast, srf: MeasuredSrf): Promise<string> {
  const { from, to, fields } = expectStatus(
    await owner.get(`/api/v1/srfs/${srf.id}/diff`),
    200,
    'difference',
  );
  return `version ${from} to ${to}: ${fields.map(({ field }: { field: string }) => field).join(', ')}`;
}

async function refuseDeletion({ quality, owner }: Cast, srf: MeasuredSrf): Promise<string> {
  const { items } = expectStatus(
    await owner.get(`/api/v1/srfs/${srf.id}/observations`),
    200,
    'the observations',
  );
  const path = `/api/v1/standards/${items[0].standard.id}`;
  const { headers } = await quality.get(path);
  const answer = await quality.call('DELETE', path, { headers: { 'if-match': headers['etag'] ?? '' } });
  const { data } = expectStatus(answer, 409, 'deleting a standard in use');
  return `409: ${data.users[0].count} observations refer to it`;
}

async function audit({ owner }: Cast, srf: MeasuredSrf): Promise<string> {
  const query = `record=${srf.id}&action=calibration.srf.approved`;
  const { items } = expectStatus(await owner.get(`/api/v1/audit?${query}`), 200, 'the audit');
  expect(items.length === 1, 'the request was approved once');
  return `${items[0].by.name}, ${items[0].time}`;
}

async function verifyAll({ owner }: Cast): Promise<string> {
  const asked = await owner.post('/api/v1/audit/verifications');
  expectStatus(asked, 202, 'asking for the verification');
  const isOver = ({ body }: Answer): boolean => ['succeeded', 'failed'].includes(body?.state);
  const job = await until(
    () => owner.get(asked.headers['location'] ?? ''),
    isOver,
    120_000,
    'the verification',
  );
  expect(job.body.state === 'succeeded', 'the verification came to its end');
  const report = expectStatus(await owner.get(job.body.links[0].href), 200, 'the report');
  expect(report.intact, `nothing was altered: ${JSON.stringify(report.findings)}`);
  return `${report.changes} changes and ${report.records} records are as they were written`;
}
