import type { PointWarning, Verdict } from './science/index.ts';
import type { SrfData } from './srf.ts';

/** What a certificate says in sentences, in English. */
export const words = {
  titles: { indication: 'Error of indication', substitution: 'Deviation from the nominal value' },
  nominal: 'Nominal value',
  error: 'Error',
  conditions: {
    temperature: 'Air temperature',
    humidity: 'Relative humidity',
    pressure: 'Atmospheric pressure',
  },
  runs: 'As found: as the item was received. As left: as it is returned.',
  inputs: {
    reference: 'Reference value',
    drift: 'Drift of the standard since its calibration',
    repeatability: 'Mean of the readings',
    resolution: 'Resolution of the item',
  } as Readonly<Record<string, string>>,
  noDeviations: 'None.',
  meanings: {
    performed: 'I carried out this calibration and recorded its results.',
    reviewed: 'I reviewed the observations, the uncertainty budget and the verdicts.',
    authorised: 'I authorise the issue of this certificate.',
  },
  verdicts: {
    pass: 'conformity',
    conditional_pass: 'conditional conformity (within the limits, but not by more than the guard band)',
    conditional_fail:
      'conditional non-conformity (outside of the limits, but not by more than the guard band)',
    fail: 'non-conformity',
  } satisfies Record<Verdict, string>,
  notAssessed: 'No specification was agreed, so conformity was not assessed.',
  allPass:
    'All errors lie within the permitted errors, with the measurement uncertainty taken into account by the decision rule that is stated below.',
  asFoundPass: 'As found, the item conformed at all points.',
  budgetTitle: (point: string) => `Error at ${point}`,
  budgetNote: 'The point with the largest uncertainty. The result is rounded as in EA-4/02, 6.3.',
  curve: (factor: string) => `Error over the nominal value, with expanded uncertainty (k = ${factor}).`,
} as const;

/** What a decision rule is called and what it says (ISO/IEC 17025:2017 7.8.6.2, ILAC-G8:09/2019). */
export function ruleInWords(rule: SrfData['decisionRule']): { readonly name: string; readonly text: string } {
  switch (rule.kind) {
    case 'simple_acceptance':
      return {
        name: 'Simple acceptance (ILAC-G8:09/2019, 4.2.1)',
        text: 'A point passes when its error lies within the permitted error. The probability of a false acceptance can be up to 50 % for errors close to the limit.',
      };
    case 'guard_band': {
      const factor = rule.factor ?? 1;
      const band = factor === 1 ? 'U' : `${factor} · U`;
      return {
        name: `Guard band w = ${band} (ILAC-G8:09/2019, 4.2.2)`,
        text: `A point passes when its error lies within the permitted error reduced on both sides by w = ${band}. It passes conditionally when the error lies within the permitted error but not within the reduced one, fails conditionally when it lies outside by no more than w, and fails otherwise.`,
      };
    }
    case 'false_accept_limit':
      return {
        name: `Probability of false acceptance at most ${100 * rule.probability} % (JCGM 106:2012)`,
        text: `A point passes when the probability that its true error lies outside of the permitted error is at most ${100 * rule.probability} %, computed from the measured error and its uncertainty.`,
      };
  }
}

/** What the reader must know of a result that was computed with a warning; undefined for what the budget shows anyway. */
export function warningInWords(warning: PointWarning): string | undefined {
  switch (warning) {
    case 'repeatability_not_evaluated':
      return 'a single reading was taken; repeatability is not part of the uncertainty';
    case 'few_degrees_of_freedom':
      return 'the uncertainty rests on fewer than three effective degrees of freedom';
    case 'cmc_applied':
      return 'the uncertainty is the smallest one that the laboratory is accredited for';
    case 'correlated_inputs':
    case 'dominant_rectangular':
      return undefined;
  }
}
