/**
 * Worked examples of EA-4/02 M:2022, Evaluation of the Uncertainty of Measurement in Calibration (European
 * co-operation for Accreditation), each as the input of one test point and the result that is printed there.
 */
export const multimeterAt100Volts = {
  title: 'Hand-held digital multimeter at 100 V DC',
  source: 'EA-4/02 M:2022, example S9',
  item: {
    maker: 'EA-4/02',
    model: 'Hand-held digital multimeter',
    range: { low: -200, high: 200, unit: 'V' },
  },
  input: {
    unit: 'V',
    nominal: { value: 100, unit: 'V' },
    reference: {
      value: { value: 100, unit: 'V' },
      certificate: { expanded: { value: 0.002, unit: 'V' }, coverageFactor: 2 },
      source: 'Multifunction calibrator, certificate stating U = 0.002 V, k = 2',
    },
    readings: [100.1],
    resolution: { value: 0.1, unit: 'V' },
    contributions: [
      {
        name: 'calibrator since its certificate',
        symbol: 'δV_S',
        unit: 'V',
        spread: { kind: 'rectangular', halfWidth: 0.011 },
        sensitivity: -1,
        source: "Manufacturer's specification of the calibrator",
      },
    ],
    // One rectangular contribution dominates, so EA-4/02 takes k = 1.65 for 95 %.
    coverageProbability: 0.95,
    coverage: 'dominant',
    significantDigits: 1,
  },
  published: {
    error: '0.10',
    expandedUncertainty: '0.05',
    coverageFactor: '1.65',
    combinedStandardUncertainty: '0.030',
    unit: 'V',
  },
} as const;

export const weightOfTenKilograms = {
  title: 'Weight of nominal value 10 kg, class M1',
  source: 'EA-4/02 M:2022, example S2',
  item: { maker: 'EA-4/02', model: 'Weight 10 kg, OIML class M1', range: { low: 10, high: 10, unit: 'kg' } },
  input: {
    unit: 'g',
    model: 'substitution',
    nominal: { value: 10, unit: 'kg' },
    reference: {
      value: { value: 10000.005, unit: 'g' },
      certificate: { expanded: { value: 45, unit: 'mg' }, coverageFactor: 2 },
      driftLimit: { value: 15, unit: 'mg' },
      source: 'Reference standard of class F2, certificate stating U = 45 mg, k = 2',
    },
    // Differences weight − standard in g from three substitution cycles ABBA.
    readings: [0.01, 0.03, 0.02],
    repeatability: { standardDeviation: { value: 25, unit: 'mg' } },
    contributions: [
      {
        name: 'eccentricity and magnetism',
        symbol: 'δm_C',
        unit: 'mg',
        spread: { kind: 'rectangular', halfWidth: 10 },
      },
      { name: 'air buoyancy', symbol: 'δB', unit: 'mg', spread: { kind: 'rectangular', halfWidth: 10 } },
    ],
    // OIML R 111-1:2004 table 1: class M1 at 10 kg is ±500 mg.
    tolerance: { lower: -0.5, upper: 0.5 },
    decisionRule: { kind: 'guard_band', factor: 1 },
  },
  published: {
    measured: '10000.025',
    expandedUncertainty: '0.059',
    coverageFactor: '2.00',
    combinedStandardUncertainty: '0.0293',
    unit: 'g',
  },
} as const;
