import { weightOfTenKilograms } from '../demo-data/example.ts';
import { micrometer } from '../demo-data/instruments.ts';
import { customers, laboratory } from '../demo-data/laboratory.ts';
import { standardsAt } from '../demo-data/standards.ts';

const [customer] = customers;
const day = (instant: string): string => instant.slice(0, 10);

export const customerBody = {
  name: customer.name,
  address: customer.address,
  contacts: [
    { name: customer.contact.name, email: customer.contact.email, phone: customer.contact.telephone },
  ],
  decisionRule: customer.decisionRule,
};

/** Mitutoyo 293-240-30 with its published limit: ±1 µm and one count. */
export const micrometerBody = {
  description: micrometer.description,
  maker: micrometer.maker,
  model: micrometer.model,
  serial: micrometer.serial,
  range: { from: micrometer.range.low, to: micrometer.range.high, unit: 'mm' },
  resolution: micrometer.resolution,
  tolerance: { constant: 0.001, digits: 1, unit: 'mm', source: micrometer.specification },
  intervalMonths: micrometer.intervalMonths,
};

/** A gauge block set of grade 0 (ISO 3650); certificate and drift grow with the length. */
export function gaugeBlocksBody(now: Date) {
  const set = gaugeBlocks(now);
  return {
    description: set.description,
    maker: set.maker,
    model: set.model,
    serial: set.serial,
    assetNumber: set.code,
    certificateNumber: set.certificate.number,
    laboratory: set.certificate.issuer,
    traceability: 'SI unit metre, through the national metrology institute',
    issuedAt: day(set.calibratedAt),
    validUntil: day(set.validUntil),
    uncertainty: { constant: 0.05, proportional: 0.5e-6, unit: 'µm' },
    coverageFactor: set.coverageFactor,
    drift: { constant: 0.02, proportional: 0.25e-6, unit: 'µm' },
    range: { from: 0, to: 25, unit: 'mm' },
  };
}

function gaugeBlocks(now: Date) {
  const set = standardsAt(now).find(({ code }) => code === 'GB-01');
  if (set === undefined) throw new Error('the demo data has no gauge blocks');
  return set;
}

const { expansion, expansionDifference, temperatureDifference, deviation } = micrometer.thermal;
/** In µm of length per mm of nominal length. */
const perMillimetre = (relative: number): number => Number((relative * 1000).toPrecision(4));

export const micrometerProcedureBody = {
  code: 'NCL-LEN-014',
  title: 'Calibration of external micrometers by gauge blocks',
  version: '3.2',
  description: micrometer.method,
  quantity: 'length',
  unit: 'mm',
  errorUnit: 'µm',
  model: 'indication',
  testPoints: micrometer.points.map(({ nominal }) => ({ value: nominal, unit: 'mm' })),
  readings: 5,
  environment: ['temperature', 'humidity'],
  contributions: [
    {
      name: 'Temperature difference between micrometer and blocks',
      symbol: 'δt',
      unit: 'µm',
      spread: {
        kind: 'rectangular',
        halfWidth: { constant: 0, perNominal: perMillimetre(expansion * temperatureDifference) },
      },
      source: `±${temperatureDifference} K, α = 11.5e-6 /K`,
    },
    {
      name: 'Difference of expansion coefficients',
      symbol: 'δα',
      unit: 'µm',
      spread: {
        kind: 'rectangular',
        halfWidth: { constant: 0, perNominal: perMillimetre(expansionDifference * deviation) },
      },
      source: `±${expansionDifference * 1e6}e-6 /K at 20 °C ± ${deviation} K`,
    },
    {
      name: 'Flatness and parallelism of measuring faces',
      symbol: 'δf',
      unit: 'µm',
      spread: { kind: 'rectangular', halfWidth: 0.3 },
      source: 'Interference fringes, ISO 3611:2010',
    },
  ],
};

/** The readings of both runs, point by point. */
export function micrometerObservations(standardId: string, now: Date) {
  const values = gaugeBlocks(now).values;
  const { temperature, humidity } = laboratory.environment;
  const environment = { temperature, humidity };
  return micrometer.points.flatMap((point, index) => {
    const reference = values[index]?.value ?? { value: point.nominal, unit: 'mm' };
    const common = { itemId: 'i1', pointId: `p${index + 1}`, standardId, reference, environment };
    return [
      { ...common, run: 'as_found', readings: point.asFound },
      { ...common, run: 'as_left', readings: point.asLeft },
    ];
  });
}

/** EA-4/02 M:2022, supplement 1, S2: a weight of 10 kg, as equipment, standard, procedure and observation. */
const { input, item, source } = weightOfTenKilograms;

export const weightBody = {
  description: 'Weight of nominal value 10 kg, class M1',
  maker: item.maker,
  model: 'Weight 10 kg',
  serial: 'S2',
  tolerance: { constant: 0.5, unit: 'g', source: 'OIML R 111-1:2004, class M1 at 10 kg' },
};

export function weightStandardBody(now: Date) {
  const year = 365 * 86_400_000;
  return {
    description: 'Reference weight 10 kg, class F2',
    maker: item.maker,
    model: 'Weight 10 kg',
    serial: 'S2-reference',
    assetNumber: 'MASS-10',
    certificateNumber: 'S2',
    laboratory: 'Demonstration National Metrology Institute',
    traceability: 'SI unit kilogram, through the national metrology institute',
    issuedAt: day(new Date(now.getTime() - year / 2).toISOString()),
    validUntil: day(new Date(now.getTime() + year).toISOString()),
    uncertainty: { constant: input.reference.certificate.expanded.value, unit: 'mg' },
    coverageFactor: input.reference.certificate.coverageFactor,
    drift: { constant: input.reference.driftLimit.value, unit: 'mg' },
  };
}

export const weightProcedureBody = {
  code: 'EA-4/02-S2',
  title: 'Calibration of a weight by substitution',
  version: '2022',
  description: source,
  quantity: 'mass',
  unit: 'g',
  model: 'substitution',
  testPoints: [input.nominal],
  readings: input.readings.length,
  environment: ['temperature'],
  repeatability: input.repeatability,
  contributions: input.contributions,
};

export function weightObservation(standardId: string) {
  return {
    itemId: 'i1',
    pointId: 'p1',
    run: 'as_found',
    readings: input.readings,
    readingUnit: 'g',
    reference: input.reference.value,
    standardId,
    environment: { temperature: { ...laboratory.environment.temperature, value: 20 } },
  };
}
