/** Instruments that exist, with published specifications. Serial numbers are invented; errors are in the point's unit. */
export const micrometer = {
  maker: 'Mitutoyo',
  model: '293-240-30',
  description: 'Digital micrometer 0 mm to 25 mm',
  serial: '70418832',
  range: { low: 0, high: 25, unit: 'mm' },
  resolution: { value: 0.001, unit: 'mm' },
  // Mitutoyo catalogue, Digimatic micrometer series 293: maximum permissible error ±1 µm, to which the quantizing
  // error of one count is added.
  specification: 'Mitutoyo series 293: ±1 µm, ±1 count',
  method: 'Comparison with gauge blocks, points of ISO 3611:2010 and ISO 3650 set',
  intervalMonths: 12,
  unit: 'mm',
  /** Test points of the ISO 3611 set, each read five times; the instrument was set to zero in between. */
  points: [
    point(0, [0.001, 0.001, 0.001, 0.001, 0.001], [0, 0, 0, 0, 0]),
    point(2.5, [2.501, 2.501, 2.501, 2.501, 2.501], [2.5, 2.5, 2.5, 2.5, 2.5]),
    point(5.1, [5.101, 5.102, 5.101, 5.101, 5.101], [5.1, 5.101, 5.1, 5.1, 5.1]),
    point(7.7, [7.702, 7.701, 7.701, 7.702, 7.701], [7.701, 7.7, 7.7, 7.701, 7.7]),
    point(10.3, [10.301, 10.302, 10.301, 10.302, 10.301], [10.3, 10.301, 10.3, 10.301, 10.3]),
    point(12.9, [12.901, 12.901, 12.902, 12.901, 12.901], [12.9, 12.9, 12.901, 12.9, 12.9]),
    point(15, [15.001, 15.001, 15.001, 15.001, 15.002], [15, 15, 15, 15, 15.001]),
    point(17.6, [17.602, 17.601, 17.602, 17.601, 17.602], [17.601, 17.6, 17.601, 17.6, 17.601]),
    point(20.2, [20.202, 20.202, 20.202, 20.201, 20.202], [20.201, 20.201, 20.201, 20.2, 20.201]),
    point(22.8, [22.802, 22.801, 22.802, 22.802, 22.802], [22.801, 22.8, 22.801, 22.801, 22.801]),
    point(25, [25.001, 25.002, 25.001, 25.001, 25.002], [25, 25.001, 25, 25, 25.001]),
  ],
  /** Half-widths of what the temperatures were known to; steel blocks in a steel frame. */
  thermal: { temperatureDifference: 0.2, deviation: 0.5, expansion: 11.5e-6, expansionDifference: 2e-6 },
} as const;

function point(nominal: number, asFound: readonly number[], asLeft: readonly number[]) {
  return { nominal, asFound, asLeft, tolerance: { lower: -0.002, upper: 0.002 } };
}

export const multimeter = {
  maker: 'Fluke',
  model: '87V',
  description: 'Digital multimeter, 6000 counts',
  serial: '43120577',
  // Fluke 87V users manual, specifications: DC volts ±(0.05 % of reading + 1 count) in the ranges of 6 V to 1000 V.
  specification: 'Fluke 87V, DC volts: ±(0.05 % + 1 count)',
  method: 'Direct measurement of a calibrator output, EURAMET cg-15',
  intervalMonths: 12,
  unit: 'V',
  points: [
    { nominal: 1, resolution: 0.001, readings: [1, 1, 1], tolerance: { lower: -0.0015, upper: 0.0015 } },
    {
      nominal: 5,
      resolution: 0.001,
      readings: [5.001, 5.001, 5.001],
      tolerance: { lower: -0.0035, upper: 0.0035 },
    },
    {
      nominal: -5,
      resolution: 0.001,
      readings: [-5.001, -5.001, -5.001],
      tolerance: { lower: -0.0035, upper: 0.0035 },
    },
    {
      nominal: 30,
      resolution: 0.01,
      readings: [30.01, 30.01, 30],
      tolerance: { lower: -0.025, upper: 0.025 },
    },
    {
      nominal: 50,
      resolution: 0.01,
      readings: [50.01, 50.01, 50.01],
      tolerance: { lower: -0.035, upper: 0.035 },
    },
    {
      nominal: 300,
      resolution: 0.1,
      readings: [300.1, 300, 300.1],
      tolerance: { lower: -0.25, upper: 0.25 },
    },
    { nominal: 1000, resolution: 1, readings: [1000, 1000, 1000], tolerance: { lower: -1.5, upper: 1.5 } },
  ],
} as const;

export const balance = {
  maker: 'Mettler Toledo',
  model: 'ME204',
  description: 'Analytical balance 220 g',
  serial: 'B734210954',
  // OIML R 76-1:2006 table 6, class I with e = 1 mg, d = 0.1 mg: ±0.5 e to 50 000 e, ±1 e to 200 000 e.
  specification: 'OIML R 76-1 class I, e = 1 mg, initial verification',
  method: 'EURAMET cg-18, loading with standard weights',
  intervalMonths: 12,
  unit: 'g',
  points: [
    {
      nominal: 10,
      resolution: 0.0001,
      readings: [10, 10, 10.0001],
      tolerance: { lower: -0.0005, upper: 0.0005 },
    },
    {
      nominal: 50,
      resolution: 0.0001,
      readings: [50.0001, 50, 50.0001],
      tolerance: { lower: -0.0005, upper: 0.0005 },
    },
    {
      nominal: 100,
      resolution: 0.0001,
      readings: [100.0002, 100.0001, 100.0002],
      tolerance: { lower: -0.001, upper: 0.001 },
    },
    {
      nominal: 200,
      resolution: 0.0001,
      readings: [200.0003, 200.0003, 200.0002],
      tolerance: { lower: -0.001, upper: 0.001 },
    },
  ],
} as const;
