const day = 86_400_000;

function at(now: Date, days: number): string {
  return new Date(now.getTime() + days * day).toISOString();
}

/**
 * Lengths of a grade 0 gauge block set and its deviations in µm, within ISO 3650:1998 table 5 (±0.12 µm to 10 mm,
 * ±0.14 µm to 25 mm). The first row stands for zero: closed jaws realise it without a block.
 */
const gaugeBlocks = [
  { nominal: 0, deviation: 0 },
  { nominal: 2.5, deviation: 0.04 },
  { nominal: 5.1, deviation: -0.03 },
  { nominal: 7.7, deviation: 0.05 },
  { nominal: 10.3, deviation: 0.02 },
  { nominal: 12.9, deviation: -0.06 },
  { nominal: 15, deviation: 0.07 },
  { nominal: 17.6, deviation: -0.02 },
  { nominal: 20.2, deviation: 0.03 },
  { nominal: 22.8, deviation: 0.08 },
  { nominal: 25, deviation: -0.05 },
] as const;

/** Class E2 limits of OIML R 111-1:2004 table 1 in mg; certificates state U of a third of them (R 111-1, 5.2). */
const weights = [
  { nominal: 10, deviation: 0.012, limit: 0.06 },
  { nominal: 50, deviation: -0.031, limit: 0.1 },
  { nominal: 100, deviation: 0.044, limit: 0.16 },
  { nominal: 200, deviation: 0.087, limit: 0.3 },
] as const;

/**
 * Fluke 5522A specifications, DC volts, one year, tcal ±5 °C: parts per million of output plus a floor in µV. The
 * certificate states the real uncertainty; the specification bounds the drift until the next calibration.
 */
const calibratorRanges = [
  { limit: 3.299999, ppm: 11, floor: 2, certificatePpm: 3 },
  { limit: 32.99999, ppm: 12, floor: 20, certificatePpm: 3 },
  { limit: 329.9999, ppm: 18, floor: 150, certificatePpm: 4 },
  { limit: 1020, ppm: 18, floor: 1500, certificatePpm: 5 },
] as const;

function calibratorValue(nominal: number) {
  const size = Math.abs(nominal);
  const { ppm, floor, certificatePpm } =
    calibratorRanges.find(range => size <= range.limit) ?? calibratorRanges[3];
  return {
    nominal,
    value: { value: nominal, unit: 'V' },
    expanded: { value: (certificatePpm * size) / 1e6 + floor / 4e6, unit: 'V' },
    driftLimit: { value: (ppm * size + floor) / 1e6, unit: 'V' },
  };
}

/** The laboratory's reference standards as they stand at `now`; the last one has expired. */
export function standardsAt(now: Date) {
  return [
    {
      code: 'GB-01',
      description: 'Gauge block set, steel, grade 0, ISO 3650',
      maker: 'Mitutoyo',
      model: 'Micrometer inspection set, 10 blocks',
      serial: '2104417',
      certificate: { number: 'NMI-L-24-1187', issuer: 'Demonstration National Metrology Institute' },
      calibratedAt: at(now, -120),
      validUntil: at(now, 610),
      coverageFactor: 2,
      values: gaugeBlocks.map(({ nominal, deviation }) => ({
        nominal,
        value: { value: Number((nominal + deviation / 1000).toFixed(5)), unit: 'mm' },
        expanded: { value: 0.05 + 0.0005 * nominal, unit: 'µm' },
        // ISO 3650:1998 table 3: grades K and 0 may change by ±(0.02 µm + 0.25e-6 l) in a year.
        driftLimit: { value: 0.02 + 0.00025 * nominal, unit: 'µm' },
      })),
    },
    {
      code: 'CAL-02',
      description: 'Multi-product calibrator',
      maker: 'Fluke',
      model: '5522A',
      serial: '3318806',
      certificate: { number: 'NMI-E-25-0312', issuer: 'Demonstration National Metrology Institute' },
      calibratedAt: at(now, -75),
      validUntil: at(now, 290),
      coverageFactor: 2,
      values: [1, 5, -5, 30, 50, 100, 300, 1000].map(calibratorValue),
    },
    {
      code: 'MASS-03',
      description: 'Weight set 1 mg to 200 g, class E2, OIML R 111',
      maker: 'Mettler Toledo',
      model: 'E2 set',
      serial: 'E2-55107',
      certificate: { number: 'NMI-M-25-0078', issuer: 'Demonstration National Metrology Institute' },
      calibratedAt: at(now, -200),
      validUntil: at(now, 530),
      coverageFactor: 2,
      values: weights.map(({ nominal, deviation, limit }) => ({
        nominal,
        value: { value: Number((nominal + deviation / 1000).toFixed(6)), unit: 'g' },
        expanded: { value: Number((limit / 3).toFixed(3)), unit: 'mg' },
        driftLimit: { value: Number((limit / 3).toFixed(3)), unit: 'mg' },
      })),
    },
    {
      code: 'GB-00',
      description: 'Gauge block set, steel, grade 1, ISO 3650; withdrawn',
      maker: 'Mitutoyo',
      model: 'Gauge block set, 47 blocks',
      serial: '9907312',
      certificate: { number: 'NMI-L-21-0904', issuer: 'Demonstration National Metrology Institute' },
      calibratedAt: at(now, -1130),
      validUntil: at(now, -35),
      coverageFactor: 2,
      values: [],
    },
  ] as const;
}
