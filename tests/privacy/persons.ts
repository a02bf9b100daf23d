import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';

export const PERSON = {
  form: 'person',
  name: 'Zenobia Quillfeather',
  address: ['7 Marzipan Lane', '20981 Eastmoor'],
};
/** What may stand nowhere in clear. */
const WORDS = ['zenobia', 'quillfeather', 'marzipan'];

export function tellsOf(text: unknown): readonly string[] {
  const said = JSON.stringify(text).toLowerCase();
  return WORDS.filter(word => said.includes(word));
}

export async function made(tenant: OwnTenant, customer: object) {
  return expectStatus(await tenant.owner.post('/api/v1/customers', customer), 201, 'a customer');
}

/** The request about personal data when its job has ended. */
export async function done(tenant: OwnTenant, body: object) {
  const request = expectStatus(await tenant.owner.post('/api/v1/privacy-requests', body), 201, 'a request');
  const job = await until(
    () => tenant.owner.get(`/api/v1/jobs/${request.jobId}`),
    ({ body: read }) => read?.state === 'succeeded' || read?.state === 'failed',
    90_000,
    'the job has ended',
  );
  assert.equal(job.body.state, 'succeeded', JSON.stringify(job.body.problem));
  return (await tenant.owner.get(`/api/v1/privacy-requests/${request.id}`)).body;
}

export const erase = async (tenant: OwnTenant, person: string) =>
  (await done(tenant, { type: 'erasure', person, reason: 'Article 17' })).report;

/** What is said to a change of the customer as it is now. */
export async function patched(tenant: OwnTenant, path: string, change: object) {
  const { headers } = await tenant.owner.get(path);
  return tenant.owner.patch(path, change, { 'if-match': headers['etag'] ?? '' });
}

export const changed = async (tenant: OwnTenant, path: string, change: object) =>
  expectStatus(await patched(tenant, path, change), 200, 'a change');

/** Everything that lists, look-ups and the past of these records say. */
export async function everythingTold(tenant: OwnTenant, paths: readonly string[]) {
  const asked = [
    ...['customers?limit=100', 'customers?sort=name', 'srfs?limit=100', 'audit?limit=100'],
    ...[
      'customers?q=quillfeather',
      'customers?q=zenob',
      'srfs?q=quillfeather',
      'certificates?q=quillfeather',
    ],
    ...[`customers?name=${encodeURIComponent(PERSON.name)}`, 'customers?email=zenobia@quill.example'],
  ].map(path => `/api/v1/${path}`);
  const told: unknown[] = [];
  for (const path of paths) {
    const { body } = await tenant.owner.get(path);
    const versions = Array.from({ length: body.version }, (_, index) => `${path}/history/${index + 1}`);
    const last = body.version > 1 ? [`${path}/diff?from=0&to=${body.version}`] : [];
    const diffs = versions.slice(1).map((_, index) => `${path}/diff?from=${index + 1}&to=${index + 2}`);
    asked.push(path, `${path}/history`, `${path}/history?order=newest`, ...versions, ...diffs, ...last);
  }
  for (const path of asked) {
    const { status, body } = await tenant.owner.get(path);
    assert.equal(status, 200, path);
    told.push(withoutCertificates(body));
  }
  return told;
}

/** The history of a request tells of its certificates, too, to who may read them; they keep what law wants. */
function withoutCertificates(body: {
  readonly items?: readonly { readonly records?: readonly { kind: string }[] }[];
}) {
  const items = body.items?.map(({ records, ...entry }) => ({
    ...entry,
    records: records?.filter(({ kind }) => kind !== 'calibration.certificate'),
  }));
  return { ...body, ...(items === undefined ? {} : { items }) };
}

export async function exported(tenant: OwnTenant, person?: string): Promise<readonly unknown[]> {
  const { id } = await done(tenant, { type: 'export', person, reason: 'Article 15' });
  const { headers } = await tenant.owner.get(`/api/v1/privacy-requests/${id}/file`);
  const file = Buffer.from(await (await fetch(headers['location'] ?? '')).arrayBuffer());
  const lines = gunzipSync(file).toString('utf8').trim().split('\n');
  return lines.map(line => JSON.parse(line)).filter(({ type }) => type !== 'file');
}

export async function assertIntact(tenant: OwnTenant): Promise<void> {
  const { platform } = openTestProduct();
  const { intact, findings } = await platform.audit.verify(callerOf(tenant.tenant.id), async () => undefined);
  assert.deepEqual([intact, findings], [true, []]);
}
