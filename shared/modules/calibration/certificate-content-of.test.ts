import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CertificateSource, certificateContentOf } from './certificate-content-of.ts';
import { evaluateItem } from './evaluate-item.ts';
import type { ObservationData } from './observation.ts';
import { now, observation, observedRun, quality, request, technician } from './request.fixture.ts';
import type { SrfData } from './srf.ts';

const digest = 'f'.repeat(64);
const signatures: Partial<SrfData> = {
  performedBy: {
    ...technician,
    position: 'Technician',
    at: now,
    meaning: 'performed',
    signed: digest,
    digest,
  },
  reviewedBy: { ...quality, position: null, at: now, meaning: 'reviewed', signed: digest, digest },
  approvedBy: {
    ...quality,
    position: 'Quality manager',
    at: now,
    meaning: 'authorised',
    signed: digest,
    digest,
  },
};

function source(
  observations: readonly ObservationData[],
  changes: Partial<CertificateSource> = {},
  srf: SrfData = request({ state: 'approved', ...signatures }),
): CertificateSource {
  const [item] = srf.items;
  assert.ok(item?.agreed);
  return {
    number: 'CAL-2026-00042',
    revision: 0,
    verification: { url: 'https://lab.example.com/verify/CAL-2026-00042?code=a', code: 'a' },
    issuedOn: '2026-11-20',
    dayOf: instant => instant.slice(0, 10),
    language: 'en',
    paper: 'A4',
    tenant: {
      id: 'tnt_1',
      slug: 'lab',
      name: 'Lab',
      status: 'active',
      locale: 'en-GB',
      timeZone: 'UTC',
      currency: 'GBP',
      branding: { legalName: 'Northgate Metrology Ltd', address: ['14 Foundry Lane'], colour: '#16324f' },
    },
    srf,
    agreed: item.agreed,
    points: evaluateItem(srf, item, observations),
    ...changes,
  };
}

test('errors and uncertainties have the same number of decimals, in the unit that errors are stated in', () => {
  const [table] = certificateContentOf(source(observedRun('as_found', 1))).results;
  assert.deepEqual([table?.unit, table?.errorUnit], ['mm', 'µm']);
  const decimals = (text = '') => text.split('.')[1]?.length ?? 0;
  for (const point of table?.points ?? []) {
    assert.equal(decimals(point.result.error), decimals(point.expandedUncertainty), point.nominal);
    assert.match(point.result.error, /^\+1\./);
    assert.equal(point.tolerance, '±4');
    assert.equal(point.asFound, undefined);
  }
  assert.deepEqual(
    table?.points.map(point => point.nominal),
    ['2.5', '10.3', '25.0'],
  );
});

test('what was found stands beside what was left, and the final verdict is that of what was left', () => {
  const content = certificateContentOf(source([...observedRun('as_found', 6), ...observedRun('as_left', 0)]));
  const [point] = content.results[0]?.points ?? [];
  assert.equal(point?.asFound?.verdict, 'fail');
  assert.equal(point?.result.verdict, 'pass');
  assert.equal(content.conformity.verdict, 'pass');
  assert.match(content.conformity.statement, /As found: non-conformity at 2.5 mm, 10.3 mm, 25 mm\./);
  assert.equal(content.curves[0]?.asFound.length, 3);
});

test('the worst point decides and is named', () => {
  const readings = [observation('p1', 'as_found', 0), observation('p2', 'as_found', 0)];
  const content = certificateContentOf(source([...readings, observation('p3', 'as_found', 9)]));
  assert.equal(content.conformity.verdict, 'fail');
  assert.match(content.conformity.statement, /non-conformity at 25 mm\./);
  assert.equal(content.conformity.specification, 'ISO 3611:2010, permitted error ±4 µm');
});

test('the figure holds every point with its uncertainty, the limits and the fit, all in one unit', () => {
  const [curve] = certificateContentOf(source(observedRun('as_found', 1))).curves;
  assert.deepEqual([curve?.xUnit, curve?.yUnit], ['mm', 'µm']);
  assert.deepEqual(curve?.tolerance[0], { x: 2.5, lower: -4, upper: 4 });
  for (const point of curve?.points ?? []) {
    assert.ok(Math.abs(point.y - 1.2) < 1e-6);
    assert.ok(point.uncertainty > 0.5 && point.uncertainty < 1.5);
  }
  assert.match(curve?.fit?.label ?? '', /^E = 1\.2 µm [+-] .+ µm\/mm · x$/);
});

test('the annex shows the budget of the point with the largest uncertainty line by line', () => {
  const [budget] = certificateContentOf(source(observedRun('as_found', 1))).budgets;
  assert.equal(budget?.title, 'Error at 25 mm');
  assert.deepEqual(
    budget?.rows.map(row => row.quantity),
    [
      'Reference value',
      'Drift of the standard since its calibration',
      'Mean of the readings',
      'Resolution of the item',
      'Difference of temperatures',
    ],
  );
  const share = (budget?.rows ?? []).reduce((sum, row) => sum + Number(row.percent), 0);
  assert.ok(Math.abs(share - 100) < 0.3);
});

test('standards are named once, conditions as the range over all observations', () => {
  const warm = { temperature: { value: 20.4, unit: '°C', uncertainty: 0.3 } };
  const observations = [
    ...observedRun('as_found', 1).slice(0, 2),
    observation('p3', 'as_found', 1, { environment: warm }),
  ];
  const content = certificateContentOf(source(observations));
  assert.deepEqual(
    content.standards.map(standard => standard.id),
    ['GB-047'],
  );
  assert.deepEqual(content.environment, [
    { quantity: 'Air temperature', value: '20.1 °C to 20.4 °C', uncertainty: '0.3 °C' },
  ]);
});

test('signatures carry name, position, meaning and time', () => {
  const content = certificateContentOf(source(observedRun('as_found', 1)));
  assert.deepEqual(
    content.signatures.map(({ role, name, position }) => [role, name, position]),
    [
      ['performed', 'Rana Karimi', 'Technician'],
      ['reviewed', 'Helen Marchetti', undefined],
      ['authorised', 'Helen Marchetti', 'Quality manager'],
    ],
  );
  assert.equal(content.signatures[0]?.signedAt, '2026-11-20 10:00:00 UTC');
  assert.equal(content.signatures[0]?.digest, 'ffff ffff ffff ffff');
});

test('a revision names what it replaces and why', () => {
  const supersedes = { number: 'CAL-2026-00040', revision: 0, reason: 'The serial number was wrong.' };
  const content = certificateContentOf(source(observedRun('as_found', 1), { revision: 1, supersedes }));
  assert.deepEqual(content.supersedes, supersedes);
});

test('a probability stands in the table when the rule is about one', () => {
  const srf = request({ ...signatures, decisionRule: { kind: 'false_accept_limit', probability: 0.02 } });
  const [table] = certificateContentOf(source(observedRun('as_found', 1), {}, srf)).results;
  assert.match(table?.points[0]?.probability ?? '', /^\d+\.\d\d %$/);
});

test('refuses a certificate that lacks what ISO/IEC 17025 asks for, and says what', () => {
  const unsigned = source(observedRun('as_found', 1), {}, request());
  const homeless = {
    ...unsigned,
    tenant: { ...unsigned.tenant, branding: { ...unsigned.tenant.branding, address: [] } },
  };
  assert.throws(
    () => certificateContentOf(homeless),
    (error: unknown) => {
      const refusal = error as { code: string; data: { errors: readonly { pointer: string }[] } };
      assert.equal(refusal.code, 'calibration.certificate_incomplete');
      assert.deepEqual(
        refusal.data.errors.map(({ pointer }) => pointer),
        ['#/laboratory/address', '#/signatures'],
      );
      return true;
    },
  );
});

test('equal records give equal content', () => {
  const make = () => certificateContentOf(source(observedRun('as_found', 1)));
  assert.deepEqual(make(), make());
});
