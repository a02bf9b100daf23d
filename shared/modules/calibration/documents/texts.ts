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
  readonly verifyAt: (page: string, code: string) => string;
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
