import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Laboratory, openLaboratory } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const SLUG = 'certificates';

describe('certificates', () => {
  let laboratory: Laboratory;

  before(async () => {
    const { settings, urls } = testStack();
    await provisionLaboratories(settings, SLUG);
    laboratory = await openLaboratory(urls['api'] ?? '', SLUG);
  });

  test('fifty asked for at once get fifty numbers without a gap, each settled as assigned', async () => {
    const before = await numbersOf(laboratory);
    const srfIds = await Promise.all(Array.from({ length: 50 }, () => laboratory.approvedSrf()));
    const answers = await Promise.all(srfIds.map(srfId => laboratory.askForCertificate(srfId)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    const jobs = await Promise.all(answers.map(({ headers }) => laboratory.ended(headers['location'] ?? '')));
    assert.deepEqual(new Set(jobs.map(({ state }) => state)), new Set(['succeeded']));
    const given = answers.map(({ body }) => Number(/\d+$/.exec(body.number)?.[0])).sort((a, b) => a - b);
    const first = before.length + 1;
    assert.deepEqual(
      given,
      Array.from({ length: 50 }, (_, index) => first + index),
    );
    const settled = await settledNumbers(laboratory, before.length + 50);
    assert.deepEqual(
      settled.map(({ number, state }) => [Number(number.slice(-5)), state]),
      settled.map((_, index) => [index + 1, 'assigned']),
    );
  });

  test('the same one asked for by twenty at once is rendered once, under one number', async () => {
    const srfId = await laboratory.approvedSrf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => laboratory.askForCertificate(srfId)));
    assert.ok(
      answers.every(({ status }) => status === 202 || status === 200),
      answers.map(({ status }) => status).join(),
    );
    assert.equal(new Set(answers.map(({ body }) => body.number)).size, 1);
    const locations = new Set(answers.flatMap(({ headers }) => headers['location'] ?? []));
    assert.equal(locations.size, 1, 'one job for all of them');
    const [location = ''] = locations;
    assert.equal((await laboratory.ended(location)).state, 'succeeded');
    const { body } = await laboratory.owner.get(`/api/v1/jobs?subject=${answers[0]?.body.certificateId}`);
    assert.equal(body.items.length, 1);
  });

  test('asked for again when it is issued, it comes from storage and no job is made', async () => {
    const srfId = await laboratory.approvedSrf();
    const { headers, body } = await laboratory.askForCertificate(srfId);
    await laboratory.ended(headers['location'] ?? '');
    const again = await laboratory.askForCertificate(srfId);
    assert.equal(again.status, 200);
    assert.equal(again.body.number, body.number);
    const jobs = await laboratory.owner.get(`/api/v1/jobs?subject=${body.certificateId}`);
    assert.equal(jobs.body.items.length, 1);
  });
});

type NumberEntry = { readonly number: string; readonly state: string };

async function numbersOf({ quality }: Laboratory): Promise<readonly NumberEntry[]> {
  const { status, body } = await quality.get(
    `/api/v1/number-registers/certificate-${new Date().getUTCFullYear()}`,
  );
  return status === 404 ? [] : body.items;
}

/** Numbers are settled right after the job's end. */
async function settledNumbers(laboratory: Laboratory, count: number): Promise<readonly NumberEntry[]> {
  for (let look = 0; look < 100; look += 1) {
    const numbers = await numbersOf(laboratory);
    if (numbers.length === count && numbers.every(({ state }) => state !== 'reserved')) return numbers;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return numbersOf(laboratory);
}
