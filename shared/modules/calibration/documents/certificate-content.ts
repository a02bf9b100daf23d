import * as z from 'zod';

/**
 * Everything that stands on a calibration certificate (ISO/IEC 17025:2017, 7.8.2.1 and 7.8.4.1), as plain data.
 * Numbers of results are strings that are already rounded and written in the certificate's language; only the
 * figures hold raw numbers.
 */

const Line = z.string().min(1).max(500);
const Paragraph = z.string().min(1).max(4_000);
const Value = z.string().max(40);

export const Verdict = z.enum(['pass', 'conditional_pass', 'conditional_fail', 'fail', 'not_assessed']);
export type Verdict = z.infer<typeof Verdict>;

const Laboratory = z.object({
  name: Line,
  address: z.array(Line).min(1).max(5),
  phone: Line.optional(),
  email: Line.optional(),
  website: Line.optional(),
  accreditation: z
    .object({ body: Line, number: Line, standard: Line.default('ISO/IEC 17025:2017') })
    .optional(),
  /** An `<svg …>` element or a `data:image/…` URL. Drawn as an image, so that nothing inside it can act. */
  logo: z
    .string()
    .regex(/^\s*(<svg[\s>]|<\?xml|data:image\/(svg\+xml|png|jpeg|webp)[;,])/)
    .optional(),
  /** Colour of rules and figures, `#rrggbb`; dark enough to read on white. */
  colour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .default('#1d3d63'),
  /** Under every page. */
  footer: z.string().min(1).max(160).optional(),
});

/** The name and address of the customer are part of every certificate, a person's too. */
const kept = 'ISO/IEC 17025:2017, 7.8.2.1 e';
const personal = { when: 'form', is: 'person' } as const;

const Customer = z
  .object({
    id: Line.optional(),
    form: z.enum(['organisation', 'person']).optional(),
    name: Line.meta({ personal, kept }),
    address: z.array(Line).max(5).meta({ personal, kept }).default([]),
    contactId: Line.optional(),
    contact: Line.meta({ personal: true, person: 'contactId', kept }).optional(),
  })
  .meta({ person: 'id' });

const Item = z.object({
  description: Line,
  maker: Line,
  model: Line,
  serial: Line,
  assetNumber: Line.optional(),
  range: Line.optional(),
  resolution: Line.optional(),
  condition: Line.optional(),
});

const EnvironmentCondition = z.object({ quantity: Line, value: Value, uncertainty: Value.optional() });

const ReferenceStandard = z.object({
  id: Line,
  description: Line,
  certificateNumber: Line,
  laboratory: Line,
  validUntil: Line,
  traceability: Line,
});

const Reading = z.object({ indication: Value, error: Value, verdict: Verdict.optional() });

/** What was found carries its own uncertainty, since it has a verdict of its own (7.8.4.1 a). */
const Found = Reading.extend({ expandedUncertainty: Value.optional(), coverageFactor: Value.optional() });

const ResultPoint = z.object({
  nominal: Value,
  reference: Value.optional(),
  asFound: Found.optional(),
  /** The final result: as left, or the only one when nothing was adjusted. */
  result: Reading,
  expandedUncertainty: Value,
  coverageFactor: Value,
  /** As text, so that one-sided and asymmetric limits can be said: `± 4.0` or `−2 … +5`. */
  tolerance: Value.optional(),
  /** Probability of conformity, when the decision rule uses it. */
  probability: Value.optional(),
});
export type ResultPoint = z.infer<typeof ResultPoint>;

const ResultTable = z.object({
  title: Line,
  /** Heads the first column when its values are not nominal values in `unit`, for example `Feature`. */
  pointLabel: Line.optional(),
  /** Unit of nominal value, reference value and indication. */
  unit: Line,
  /** Unit of error, uncertainty and tolerance. */
  errorUnit: Line,
  note: Paragraph.optional(),
  outsideAccreditation: z.boolean().default(false),
  /** Name of the laboratory that these results come from, when it is another one (7.8.2.1 p). */
  externalProvider: Line.optional(),
  points: z.array(ResultPoint).min(1).max(2_000),
});
export type ResultTable = z.infer<typeof ResultTable>;

const Finite = z.number();

const Curve = z.object({
  title: Line,
  xLabel: Line,
  xUnit: Line,
  yLabel: Line,
  yUnit: Line,
  points: z
    .array(z.object({ x: Finite, y: Finite, uncertainty: Finite.nonnegative() }))
    .min(1)
    .max(2_000),
  asFound: z
    .array(z.object({ x: Finite, y: Finite }))
    .max(2_000)
    .default([]),
  tolerance: z
    .array(z.object({ x: Finite, lower: Finite, upper: Finite }))
    .max(2_000)
    .default([]),
  fit: z
    .object({
      /** The fitted equation with its numbers, as text. */
      label: Line,
      /** Ordered by x; the band is the confidence interval of the fit. */
      line: z
        .array(z.object({ x: Finite, y: Finite, lower: Finite, upper: Finite }))
        .min(2)
        .max(500),
    })
    .optional(),
});
export type Curve = z.infer<typeof Curve>;

const BudgetRow = z.object({
  quantity: Line,
  estimate: Value,
  unit: Value,
  distribution: Line,
  divisor: Value,
  standardUncertainty: Value,
  sensitivity: Value,
  contribution: Value,
  degreesOfFreedom: Value,
  percent: Value,
});

const Budget = z.object({
  /** The point it belongs to, for example `Error of indication at 25 mm`. */
  title: Line,
  unit: Line,
  rows: z.array(BudgetRow).min(1).max(100),
  combined: Value,
  effectiveDegreesOfFreedom: Value,
  coverageFactor: Value,
  expanded: Value,
  note: Paragraph.optional(),
});
export type Budget = z.infer<typeof Budget>;

const Signature = z
  .object({
    role: z.enum(['performed', 'reviewed', 'authorised']),
    user: Line.optional(),
    name: Line.meta({ personal: true, kept: 'ISO/IEC 17025:2017, 7.8.2.1 o' }),
    position: Line.meta({ personal: true, kept: 'ISO/IEC 17025:2017, 7.8.2.1 o' }).optional(),
    /** What the signature says, as 21 CFR 11.50 demands on every printed form. */
    meaning: Line,
    signedAt: Line,
    /** Short digest that links the signature to the signed record. */
    digest: z.string().max(80).optional(),
  })
  .meta({ person: 'user' });
export type Signature = z.infer<typeof Signature>;

export const CertificateContent = z.object({
  language: z.enum(['en', 'fa']).default('en'),
  paper: z.enum(['A4', 'Letter']).default('A4'),
  watermark: z.enum(['draft', 'copy', 'superseded', 'revoked']).optional(),
  number: Line,
  revision: z.number().int().nonnegative(),
  /** The certificate that this one replaces, and why (7.8.8). */
  supersedes: z
    .object({ number: Line, revision: z.number().int().nonnegative(), reason: Paragraph })
    .optional(),
  title: Line.optional(),
  verification: z.object({ url: z.url(), code: Line }),
  laboratory: Laboratory,
  customer: Customer,
  order: z.object({ number: Line, customerReference: Line.optional() }),
  item: Item,
  dates: z.object({ received: Line.optional(), calibrated: Line, issued: Line }),
  place: Line,
  method: z.object({ id: Line, title: Line, version: Line, description: Paragraph.optional() }),
  environment: z.array(EnvironmentCondition).min(1).max(12),
  standards: z.array(ReferenceStandard).min(1).max(40),
  results: z.array(ResultTable).min(1).max(40),
  conformity: z.object({ verdict: Verdict, statement: Paragraph, specification: Line.optional() }),
  decisionRule: z.object({ name: Line, text: Paragraph }).optional(),
  /** Replaces the usual wording on k, about 95 % and GUM. */
  uncertaintyStatement: Paragraph.optional(),
  traceabilityStatement: Paragraph.optional(),
  curves: z.array(Curve).max(20).default([]),
  budgets: z.array(Budget).max(40).default([]),
  /** Adjustments, repairs, opinions and anything else that the reader must know. */
  remarks: z.array(Paragraph).max(40).default([]),
  /** Additions to, deviations from and exclusions from the method (7.8.2.1 n). */
  deviations: z.array(Paragraph).max(40).default([]),
  /** Data that the customer supplied and that can affect the results (7.8.2.2). */
  customerData: Paragraph.optional(),
  signatures: z.array(Signature).min(1).max(6),
});
export type CertificateContent = z.infer<typeof CertificateContent>;
