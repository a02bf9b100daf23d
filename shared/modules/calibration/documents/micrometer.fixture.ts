import { CertificateContent, type Curve } from './certificate-content.ts';

/** Steel gauge blocks at 20 °C, and what the micrometer showed, in millimetres: [nominal, reference, as found, as left]. */
const readings = [
  [0, 0, 0.001, 0],
  [2.5, 2.50004, 2.502, 2.5],
  [5.1, 5.09998, 5.102, 5.1],
  [7.7, 7.70006, 7.702, 7.7],
  [10.3, 10.30003, 10.303, 10.301],
  [12.9, 12.89996, 12.902, 12.9],
  [15, 15.00005, 15.003, 15.001],
  [17.6, 17.60008, 17.603, 17.601],
  [20.2, 20.20002, 20.204, 20.201],
  [22.8, 22.80007, 22.805, 22.802],
  [25, 25.00009, 25.005, 25.002],
] as const;

const tolerance = 4;

const points = readings.map(([nominal, reference, found, left]) => {
  const error = { found: (found - reference) * 1000, left: (left - reference) * 1000 };
  const uncertainty = Math.hypot(0.98, (1.6e-2 * nominal) / 2) + 0.02;
  return { nominal, reference, found, left, error, uncertainty };
});

function signed(value: number): string {
  const text = value.toFixed(1);
  return Number(text) === 0 ? '0.0' : value > 0 ? `+${text}` : text;
}

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><g fill="none" stroke="#1d3d63" stroke-width="4">
<circle cx="32" cy="32" r="28"/><path d="M32 4v56M4 32h56" stroke-width="2"/><ellipse cx="32" cy="32" rx="13" ry="28" stroke-width="2"/></g>
<circle cx="32" cy="32" r="5" fill="#b5893c"/></svg>`;

/** A digital micrometer that was out of tolerance, was adjusted, and passes: 11 points, figure, budget. */
export function micrometerCertificate(
  changes: Partial<Parameters<typeof CertificateContent.parse>[0] & object> = {},
): CertificateContent {
  return CertificateContent.parse({ ...content, ...changes });
}

const content = {
  number: 'MCL-2026-00412',
  revision: 1,
  supersedes: {
    number: 'MCL-2026-00398',
    revision: 0,
    reason:
      'Reason: the asset number of the item was corrected at the request of the customer; all results are unchanged.',
  },
  verification: {
    url: 'https://meridian-cal.example/verify/MCL-2026-00412?code=7QK4-92XD',
    code: '7QK4-92XD',
  },
  laboratory: {
    name: 'Meridian Calibration Laboratory',
    address: ['14 Observatory Road', 'Science Park East', '20146 Northbridge'],
    phone: '+44 20 7946 0118',
    email: 'calibration@meridian-cal.example',
    website: 'meridian-cal.example',
    accreditation: { body: 'National Accreditation Service', number: 'NAS-CAL 0187' },
    logo,
  },
  customer: {
    name: 'Helvane Precision Turbines Ltd',
    address: ['Unit 7, Foundry Lane', '20981 Eastmoor'],
    contact: 'Dr Ingrid Sørensen, Quality Assurance',
  },
  order: { number: 'SRF-2026-01973', customerReference: 'PO 4500182736' },
  item: {
    description: 'Digital external micrometer, IP65',
    maker: 'Mitutoyo',
    model: '293-240-30',
    serial: '71 804 226',
    assetNumber: 'HPT-MET-0319',
    range: '0 mm to 25 mm',
    resolution: '0.001 mm',
    condition: 'Used, clean; measuring faces without visible damage',
  },
  dates: { received: '2026-11-16', calibrated: '2026-11-18 to 2026-11-19', issued: '2026-11-20' },
  place: 'Permanent laboratory, Room 3 (dimensional)',
  method: {
    id: 'MCL-DIM-014',
    title: 'Calibration of external micrometers by gauge blocks',
    version: '4.2',
    description:
      'Based on ISO 3611:2010 and VDI/VDE/DGQ 2618 Part 10.1. The errors of indication were determined by direct ' +
      'comparison with gauge blocks of grade 0 at the points given; each result is the mean of five readings. The item ' +
      'was held at the reference temperature for at least 12 hours before measurement.',
  },
  environment: [
    { quantity: 'Air temperature', value: '20.1 °C', uncertainty: '0.2 °C' },
    { quantity: 'Relative humidity', value: '46 %', uncertainty: '3 %' },
    { quantity: 'Atmospheric pressure', value: '101.2 kPa', uncertainty: '0.1 kPa' },
  ],
  standards: [
    {
      id: 'GB-047',
      description: 'Gauge block set, steel, grade 0, 122 pieces',
      certificateNumber: 'PTB 50812/25',
      laboratory: 'PTB, Braunschweig',
      validUntil: '2027-08-31',
      traceability: 'SI, through PTB',
    },
    {
      id: 'OF-012',
      description: 'Optical parallels, set of four',
      certificateNumber: 'NPL 2025-08-1174',
      laboratory: 'NPL, Teddington',
      validUntil: '2028-02-28',
      traceability: 'SI, through NPL',
    },
    {
      id: 'TH-031',
      description: 'Thermometer with four Pt100 probes',
      certificateNumber: 'MCL-2026-00087',
      laboratory: 'Meridian (NAS-CAL 0187)',
      validUntil: '2027-02-10',
      traceability: 'SI, through NPL',
    },
  ],
  results: [
    {
      title: 'Error of indication, full surface contact',
      unit: 'mm',
      errorUnit: 'µm',
      note: 'As found: before adjustment. As left: after the zero was set and the spindle was adjusted on 2026-11-18.',
      points: points.map(point => ({
        nominal: point.nominal.toFixed(1),
        reference: point.reference.toFixed(5),
        asFound: {
          indication: point.found.toFixed(3),
          error: signed(point.error.found),
          verdict: Math.abs(point.error.found) > tolerance ? 'fail' : 'pass',
          expandedUncertainty: (point.uncertainty + 0.1).toFixed(1),
          coverageFactor: '2.00',
        },
        result: { indication: point.left.toFixed(3), error: signed(point.error.left), verdict: 'pass' },
        expandedUncertainty: point.uncertainty.toFixed(1),
        coverageFactor: '2.00',
        tolerance: `±${tolerance.toFixed(1)}`,
      })),
    },
    {
      title: 'Measuring faces, by optical parallels',
      pointLabel: 'Feature',
      unit: 'µm',
      errorUnit: 'µm',
      points: [
        { nominal: 'Flatness, anvil', result: { indication: '0.3', error: '0.3', verdict: 'pass' } },
        { nominal: 'Flatness, spindle', result: { indication: '0.3', error: '0.3', verdict: 'pass' } },
        { nominal: 'Parallelism', result: { indication: '0.9', error: '0.9', verdict: 'pass' } },
      ].map(point => ({ ...point, expandedUncertainty: '0.2', coverageFactor: '2.00', tolerance: '≤ 2.0' })),
    },
  ],
  conformity: {
    verdict: 'pass',
    specification: 'ISO 3611:2010, maximum permissible error ±4.0 µm',
    statement:
      'As left, all errors of indication lie within the maximum permissible errors, taking the measurement uncertainty ' +
      'into account by the decision rule of section 5. As found, the item did not conform at 22.8 mm and 25.0 mm.',
  },
  decisionRule: {
    name: 'Guard band w = U (ILAC-G8:09/2019, 4.2.2)',
    text:
      'A point passes when its error lies within the tolerance reduced on both sides by the expanded uncertainty: ' +
      '|E| ≤ MPE − U. The probability of false acceptance is then below 2.5 %. The rule was agreed with the customer on 2026-11-12.',
  },
  curves: [
    {
      title: 'Error of indication over the measuring range, with expanded uncertainty (k = 2).',
      xLabel: 'Nominal value',
      xUnit: 'mm',
      yLabel: 'Error of indication',
      yUnit: 'µm',
      points: points.map(point => ({
        x: point.nominal,
        y: point.error.left,
        uncertainty: point.uncertainty,
      })),
      asFound: points.map(point => ({ x: point.nominal, y: point.error.found })),
      tolerance: [0, 25].map(x => ({ x, lower: -tolerance, upper: tolerance })),
      fit: fitLine(),
    },
  ],
  budgets: [
    {
      title: 'Error of indication at 25.0 mm',
      unit: 'µm',
      rows: budgetRows(),
      combined: '0.50',
      effectiveDegreesOfFreedom: '> 1000',
      coverageFactor: '2.00',
      expanded: '1.0',
      note: 'The expanded uncertainty is rounded as in EA-4/02, 6.3. No correlation between the input quantities was found.',
    },
  ],
  remarks: [
    'The spindle was adjusted and the zero was set by the laboratory after the as-found measurement. No parts were replaced.',
    'The measuring force was checked at 7.4 N and lies within the 5 N to 10 N that the manufacturer states.',
  ],
  deviations: ['None.'],
  signatures: [
    {
      role: 'performed',
      name: 'Tomasz Wierzbicki',
      position: 'Calibration engineer',
      meaning: 'I carried out this calibration and recorded its results.',
      signedAt: '2026-11-19 14:22:08 UTC',
      digest: '9f2c 41d7 a03e 5b88',
    },
    {
      role: 'reviewed',
      name: 'Dr Amara Okonkwo',
      position: 'Technical reviewer, length',
      meaning: 'I reviewed the observations, the budget and the verdicts.',
      signedAt: '2026-11-20 08:41:55 UTC',
      digest: '03be 77f1 c9d4 120a',
    },
    {
      role: 'authorised',
      name: 'Prof. Katherine Lindqvist',
      position: 'Head of laboratory',
      meaning: 'I authorise the issue of this certificate.',
      signedAt: '2026-11-20 09:15:31 UTC',
      digest: 'e61d 2a90 4c37 bb5f',
    },
  ],
};

function budgetRows() {
  const rows: [string, string, string, string, number, number, number, string][] = [
    ['Length of the gauge block', '25.000 09', 'mm', 'normal', 2, 0.05, 1, '∞'],
    ['Drift of the gauge block', '0', 'µm', 'rectangular', Math.sqrt(3), 0.0289, 1, '∞'],
    ['Repeatability, n = 5', '25.002', 'mm', 'normal', 1, 0.245, 1, '4'],
    ['Resolution of the indication', '0', 'µm', 'rectangular', Math.sqrt(12), 0.289, 1, '∞'],
    ['Resolution at zero', '0', 'µm', 'rectangular', Math.sqrt(12), 0.289, 1, '∞'],
    ['Difference of temperatures, Δθ', '0', 'K', 'rectangular', Math.sqrt(3), 0.115, 0.2875, '∞'],
    ['Difference of expansion coefficients', '0', 'K⁻¹', 'triangular', Math.sqrt(6), 0.82, 0.0025, '∞'],
    ['Flatness and parallelism of the faces', '0', 'µm', 'rectangular', Math.sqrt(3), 0.115, 1, '∞'],
  ];
  const contributions = rows.map(row => row[5] * row[6]);
  const total = contributions.reduce((sum, contribution) => sum + contribution ** 2, 0);
  return rows.map(
    ([quantity, estimate, unit, distribution, divisor, standard, sensitivity, degreesOfFreedom], index) => ({
      quantity,
      estimate,
      unit,
      distribution,
      divisor: divisor.toFixed(3).replace('.000', ''),
      standardUncertainty: standard.toPrecision(3),
      sensitivity: String(sensitivity),
      contribution: (contributions[index] ?? 0).toFixed(3),
      degreesOfFreedom,
      percent: ((100 * (contributions[index] ?? 0) ** 2) / total).toFixed(1),
    }),
  );
}

// Ordinary least squares with the 95 % confidence interval of the mean (t = 2.262 for 9 degrees of freedom).
function fitLine(): Curve['fit'] {
  const n = points.length;
  const meanX = points.reduce((sum, point) => sum + point.nominal, 0) / n;
  const meanY = points.reduce((sum, point) => sum + point.error.left, 0) / n;
  const sxx = points.reduce((sum, point) => sum + (point.nominal - meanX) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.nominal - meanX) * point.error.left, 0) / sxx;
  const at = (x: number) => meanY + slope * (x - meanX);
  const residual = Math.sqrt(
    points.reduce((sum, point) => sum + (point.error.left - at(point.nominal)) ** 2, 0) / (n - 2),
  );
  const half = (x: number) => 2.262 * residual * Math.sqrt(1 / n + (x - meanX) ** 2 / sxx);
  const line = Array.from({ length: 26 }, (_, x) => ({
    x,
    y: at(x),
    lower: at(x) - half(x),
    upper: at(x) + half(x),
  }));
  return { label: `E = ${at(0).toFixed(2)} µm + ${slope.toFixed(3)} µm/mm · x`.replace('= -', '= −'), line };
}
