import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { asSignedBy } from '../../scripts/demo/signing.ts';
import { type Laboratory, openLaboratory, testTenant } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';
import { act, patch, read } from './as-client.ts';

const SLUG = 'house-rules';
const RULES = {
  branding: { ...testTenant(SLUG).branding, footer: 'Registered in England 01234567' },
  numberFormats: { srf: 'NG.{yyyy}.{seq:3}', certificate: 'NG-C-{yyyy}-{seq:4}' },
  workflow: { reviewRequired: true },
};

describe('a tenant that has rules of its own', () => {
  let laboratory: Laboratory;
  let plain: string;

  before(async () => {
    const { settings, urls } = testStack();
    await provisionLaboratories(settings, SLUG);
    laboratory = await openLaboratory(urls['api'] ?? '', SLUG);
    plain = await laboratory.approvedSrf();
    const answer = await patch(laboratory.owner, 'tenant-settings', RULES);
    assert.equal(answer.status, 200, String(answer.bytes));
    const felt = async () => (await laboratory.quality.get('/verify')).bytes.toString('utf8');
    await until(felt, page => page.includes(RULES.branding.footer), 60_000, 'the rules are felt');
  });

  test('numbers its documents as it says, and those before keep their numbers', async () => {
    const year = new Date().getUTCFullYear();
    const before = await read(laboratory.quality, `srfs/${plain}`);
    assert.match(before.number, /^SRF-\d{4}-00001$/);
    const srfId = await laboratory.approvedSrf();
    const { number } = await read(laboratory.quality, `srfs/${srfId}`);
    assert.equal(number, `NG.${year}.002`);
    const asked = await laboratory.askForCertificate(srfId);
    assert.equal(asked.body.number, `NG-C-${year}-0001`);
    assert.equal((await laboratory.ended(asked.headers['location'] ?? '')).state, 'succeeded');
    const certificate = await read(laboratory.quality, `certificates/${asked.body.certificateId}`);
    assert.equal(certificate.content.laboratory.footer, RULES.branding.footer);
    const verified = await read(
      laboratory.quality,
      `public/certificates/${certificate.number}?code=${certificate.verificationCode}`,
    );
    assert.equal(verified.number, certificate.number);
    const { items } = await read(laboratory.quality, `number-registers/srf-${year}`);
    assert.deepEqual(
      items.map((item: { number: string }) => item.number),
      [before.number, number],
    );
    const register = await read(laboratory.quality, `number-registers/certificate-${year}`);
    assert.deepEqual(
      register.items.map((item: { number: string; state: string }) => [item.number, item.state]),
      [[certificate.number, 'assigned']],
    );
  });

  test('approves nothing that nobody has reviewed, where it wants a review', async () => {
    const srfId = await laboratory.approvedSrf();
    await act(laboratory.quality, srfId, { action: 'reopen', reason: 'Once more' });
    await act(laboratory.technician, srfId, { action: 'complete' });
    await act(laboratory.quality, srfId, { action: 'start_review' });
    const { headers } = await laboratory.quality.get(`/api/v1/srfs/${srfId}`);
    const approval = asSignedBy(laboratory.quality, { action: 'approve' });
    const ifMatch = { 'if-match': headers['etag'] ?? '' };
    const refused = await laboratory.quality.post(`/api/v1/srfs/${srfId}/transitions`, approval, ifMatch);
    assert.deepEqual([refused.status, refused.body.code], [422, 'calibration.review_missing']);
    await act(laboratory.quality, srfId, { action: 'sign_review' });
    assert.equal((await act(laboratory.quality, srfId, { action: 'approve' })).state, 'approved');
  });

  test('cannot let numbers look alike, or be without their year', async () => {
    for (const numberFormats of [{ srf: 'CAL-{yyyy}-{seq:5}' }, { srf: 'SRF-{seq:5}' }]) {
      const answer = await patch(laboratory.owner, 'tenant-settings', { numberFormats });
      assert.deepEqual([answer.status, answer.body.code], [400, 'platform.input_invalid']);
    }
  });
});
