import type { CertificateContent, Signature, Verdict } from './certificate-content.ts';

/** Every word that the certificate adds to its content, in one language. */
export type CertificateTexts = {
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  readonly certificateNumber: string;
  readonly revision: string;
  readonly page: string;
  readonly of: string;
  readonly supersedes: (number: string, revision: number) => string;
  readonly verify: string;
  readonly verifyAt: (host: string, code: string) => string;
  readonly accredited: string;
  readonly labels: Readonly<
    Record<
      | 'customer'
      | 'name'
      | 'calibration'
      | 'description'
      | 'contact'
      | 'item'
      | 'maker'
      | 'model'
      | 'serial'
      | 'assetNumber'
      | 'range'
      | 'resolution'
      | 'condition'
      | 'order'
      | 'customerReference'
      | 'received'
      | 'calibrated'
      | 'issued'
      | 'place'
      | 'method'
      | 'version'
      | 'phone'
      | 'email',
      string
    >
  >;
  readonly sections: Readonly<
    Record<
      | 'conformity'
      | 'methodAndConditions'
      | 'standards'
      | 'results'
      | 'curve'
      | 'uncertainty'
      | 'decisionRule'
      | 'deviations'
      | 'remarks'
      | 'customerData'
      | 'annex',
      string
    >
  >;
  readonly environment: Readonly<Record<'quantity' | 'value' | 'uncertainty', string>>;
  readonly standards: Readonly<
    Record<'id' | 'description' | 'certificate' | 'laboratory' | 'validUntil' | 'traceability', string>
  >;
  readonly results: Readonly<
    Record<
      | 'table'
      | 'nominal'
      | 'reference'
      | 'asFound'
      | 'asLeft'
      | 'indication'
      | 'error'
      | 'tolerance'
      | 'probability'
      | 'verdict'
      | 'outsideAccreditation',
      string
    >
  >;
  readonly externalProvider: (name: string) => string;
  readonly figure: Readonly<
    Record<'label' | 'result' | 'asLeft' | 'asFound' | 'tolerance' | 'fit' | 'band', string>
  >;
  readonly budget: Readonly<
    Record<
      | 'quantity'
      | 'estimate'
      | 'unit'
      | 'distribution'
      | 'divisor'
      | 'standardUncertainty'
      | 'sensitivity'
      | 'contribution'
      | 'degreesOfFreedom'
      | 'percent'
      | 'combined'
      | 'expanded'
      | 'effectiveDegreesOfFreedom',
      string
    >
  >;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly roles: Readonly<Record<Signature['role'], string>>;
  readonly watermarks: Readonly<Record<NonNullable<CertificateContent['watermark']>, string>>;
  readonly uncertaintyStatement: string;
  readonly traceabilityStatement: string;
  readonly relatesOnly: string;
  readonly reproduction: string;
  readonly signature: string;
  readonly end: (number: string) => string;
};

export const en: CertificateTexts = {
  direction: 'ltr',
  title: 'Calibration certificate',
  certificateNumber: 'Certificate no.',
  revision: 'Revision',
  page: 'Page',
  of: 'of',
  supersedes: (number, revision) =>
    `This certificate supersedes certificate ${number}, revision ${revision}, which is no longer valid.`,
  verify: 'Verify this certificate',
  verifyAt: (host, code) => `Its authenticity can be checked at ${host} with the code ${code}.`,
  accredited: 'Accredited calibration laboratory',
  labels: {
    customer: 'Customer',
    name: 'Name',
    calibration: 'Calibration',
    description: 'Description',
    contact: 'Contact',
    item: 'Item calibrated',
    maker: 'Manufacturer',
    model: 'Model',
    serial: 'Serial no.',
    assetNumber: 'Asset no.',
    range: 'Range',
    resolution: 'Resolution',
    condition: 'Condition on receipt',
    order: 'Order no.',
    customerReference: 'Reference',
    received: 'Date of receipt',
    calibrated: 'Date of calibration',
    issued: 'Date of issue',
    place: 'Place of calibration',
    method: 'Method',
    version: 'version',
    phone: 'Tel.',
    email: 'E-mail',
  },
  sections: {
    conformity: 'Statement of conformity',
    methodAndConditions: 'Method and environmental conditions',
    standards: 'Reference standards and metrological traceability',
    results: 'Results',
    curve: 'Calibration curve',
    uncertainty: 'Measurement uncertainty',
    decisionRule: 'Decision rule',
    deviations: 'Additions to, deviations and exclusions from the method',
    remarks: 'Remarks',
    customerData: 'Data supplied by the customer',
    annex: 'Uncertainty budget',
  },
  environment: { quantity: 'Condition', value: 'Value', uncertainty: 'Expanded uncertainty (k = 2)' },
  standards: {
    id: 'Identification',
    description: 'Description',
    certificate: 'Certificate no.',
    laboratory: 'Issued by',
    validUntil: 'Valid until',
    traceability: 'Traceable to',
  },
  results: {
    table: 'Table',
    nominal: 'Nominal value',
    reference: 'Reference value',
    asFound: 'As found',
    asLeft: 'As left',
    indication: 'Indication',
    error: 'Error',
    tolerance: 'Tolerance',
    probability: 'Probability of conformity',
    verdict: 'Verdict',
    outsideAccreditation: 'These results are outside the scope of accreditation.',
  },
  externalProvider: name => `These results were obtained by an external provider: ${name}.`,
  figure: {
    label: 'Figure',
    result: 'Error ± U',
    asLeft: 'As left ± U',
    asFound: 'As found',
    tolerance: 'Tolerance',
    fit: 'Fit',
    band: 'Confidence band, 95 %',
  },
  budget: {
    quantity: 'Quantity',
    estimate: 'Estimate',
    unit: 'Unit',
    distribution: 'Distribution',
    divisor: 'Divisor',
    standardUncertainty: 'Standard uncertainty',
    sensitivity: 'Sensitivity',
    contribution: 'Contribution',
    degreesOfFreedom: 'Degrees of freedom',
    percent: 'Share',
    combined: 'Combined standard uncertainty',
    expanded: 'Expanded uncertainty',
    effectiveDegreesOfFreedom: 'Effective degrees of freedom',
  },
  verdicts: {
    pass: 'Pass',
    conditional_pass: 'Conditional pass',
    conditional_fail: 'Conditional fail',
    fail: 'Fail',
    not_assessed: 'Not assessed',
  },
  roles: { performed: 'Performed by', reviewed: 'Reviewed by', authorised: 'Authorised by' },
  watermarks: { draft: 'Draft', copy: 'Copy', superseded: 'Superseded', revoked: 'Revoked' },
  uncertaintyStatement:
    'The reported expanded uncertainty U is the combined standard uncertainty multiplied by the stated coverage ' +
    'factor k, which for the effective degrees of freedom corresponds to a coverage probability of approximately ' +
    '95 %. It was evaluated in accordance with JCGM 100 (GUM) and EA-4/02 M:2022 and includes the contributions of the ' +
    'item calibrated at the time of calibration. It does not include its long-term stability.',
  traceabilityStatement:
    'The results are metrologically traceable to the International System of Units (SI) through an unbroken chain of ' +
    'calibrations to national metrology institutes, by way of the reference standards listed below.',
  relatesOnly: 'The results relate only to the items calibrated.',
  reproduction:
    'This certificate shall not be reproduced except in full without the written approval of the issuing laboratory.',
  signature: 'Electronic signature',
  end: number => `End of certificate ${number}`,
};

/** The texts of a certificate's language. */
export function textsOf(language: CertificateContent['language']): CertificateTexts {
  return { en }[language];
}
