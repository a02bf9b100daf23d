import { convert, convertDifference, formatQuantity } from '../../kernel/quantities/index.ts';
import { fieldErrorsOf } from '../../platform/http/index.ts';
import type { Tenant } from '../../platform/tenancy/index.ts';
import { CertificateContent } from './certificate.ts';
import { errorCurve, largestBudget } from './certificate-figures.ts';
import { limitsText, resultTable } from './certificate-results.ts';
import { ruleInWords, warningInWords, words } from './certificate-words.ts';
import { type EvaluatedPoint, finalRun } from './evaluate-item.ts';
import { calibrationFault } from './faults.ts';
import { plainNumber } from './plain-number.ts';
import { environmentQuantities } from './procedure.ts';
import type { Stamp } from './schema.ts';
import type { Verdict } from './science/index.ts';
import type { Agreed, SrfData } from './srf.ts';
import { shortDigest } from './stamp.ts';

/** Everything that a certificate is made from. */
export type CertificateSource = {
  readonly number: string;
  readonly revision: number;
  readonly supersedes?: { readonly number: string; readonly revision: number; readonly reason: string };
  readonly verification: { readonly url: string; readonly code: string };
  /** Days where the tenant is, `YYYY-MM-DD`. */
  readonly issuedOn: string;
  readonly dayOf: (instant: string) => string;
  readonly language: CertificateContent['language'];
  readonly paper: CertificateContent['paper'];
  readonly tenant: Tenant;
  readonly srf: SrfData;
  readonly agreed: Agreed;
  readonly points: readonly EvaluatedPoint[];
};

/**
 * The content of a certificate after ISO/IEC 17025:2017 7.8.2 and 7.8.4. Throws `certificate_incomplete` with a
 * pointer to each part that the standard asks for and that is not there.
 */
export function certificateContentOf(source: CertificateSource): CertificateContent {
  const { srf, agreed, points } = source;
  const errorUnit = agreed.procedure.errorUnit ?? agreed.procedure.unit;
  const { code: id, title, version, description } = agreed.procedure;
  const outcome = CertificateContent.safeParse({
    ...{ language: source.language, paper: source.paper },
    ...{ number: source.number, revision: source.revision, supersedes: source.supersedes },
    verification: source.verification,
    laboratory: laboratoryOf(source.tenant),
    customer: srf.customer === null ? undefined : { ...srf.customer, id: srf.customerId },
    order: { number: srf.number, customerReference: srf.purchaseOrder },
    item: itemOf(source),
    dates: {
      received: srf.receivedAt ?? undefined,
      calibrated: span(points.map(point => source.dayOf(point.observation.takenAt))),
      issued: source.issuedOn,
    },
    place: srf.place,
    method: { id, title, version, description },
    environment: environmentOf(points),
    standards: standardsOf(points),
    results: [resultTable(agreed, srf.decisionRule, points)],
    conformity: conformityOf(agreed, points),
    decisionRule: agreed.tolerance === undefined ? undefined : ruleInWords(srf.decisionRule),
    curves: errorCurve(points, errorUnit),
    budgets: largestBudget(points, errorUnit),
    remarks: remarksOf(points),
    deviations: [words.noDeviations],
    signatures: [srf.performedBy, srf.reviewedBy, srf.approvedBy].flatMap(stamp =>
      stamp === null ? [] : [signatureOf(stamp)],
    ),
  });
  if (outcome.success) return outcome.data;
  const errors = fieldErrorsOf(outcome.error.issues);
  throw calibrationFault('calibration.certificate_incomplete', { errors });
}

function laboratoryOf({ branding }: Tenant): unknown {
  const { legalName, address, phone, email, web, accreditation, colour, logoSvg, footer } = branding;
  return {
    name: legalName,
    address,
    phone,
    email,
    website: web,
    accreditation,
    colour,
    logo: logoSvg,
    footer,
  };
}

function itemOf({ agreed, srf }: CertificateSource): unknown {
  const { description, maker, model, serial, assetNumber, range } = agreed.item;
  return {
    ...{ description, maker, model, serial, assetNumber },
    range: range === undefined ? undefined : `${range.from} ${range.unit} to ${range.to} ${range.unit}`,
    resolution: agreed.resolution === undefined ? undefined : formatQuantity(agreed.resolution),
    condition: srf.conditionOnReceipt ?? undefined,
  };
}

/** One text, or the first and the last of several. */
function span(texts: readonly string[]): string | undefined {
  const sorted = texts.toSorted();
  const [first] = sorted;
  const last = sorted.at(-1);
  return first === last ? first : `${first} to ${last}`;
}

/** The range of each condition over all observations. */
function environmentOf(points: readonly EvaluatedPoint[]): unknown {
  return environmentQuantities.flatMap(quantity => {
    const seen = points.flatMap(({ observation }) => observation.environment[quantity] ?? []);
    const unit = seen[0]?.unit;
    if (unit === undefined) return [];
    const values = seen.map(condition => convert(condition, unit).value);
    const [low, high] = [Math.min(...values), Math.max(...values)].map(value => plainNumber(value, 6));
    const value = low === high ? `${low} ${unit}` : `${low} ${unit} to ${high} ${unit}`;
    const known = seen.flatMap(condition =>
      condition.uncertainty === undefined
        ? []
        : [convertDifference({ value: condition.uncertainty, unit: condition.unit }, unit).value],
    );
    const uncertainty =
      known.length < seen.length ? undefined : `${plainNumber(Math.max(...known), 3)} ${unit}`;
    return [{ quantity: words.conditions[quantity], value, uncertainty }];
  });
}

function standardsOf(points: readonly EvaluatedPoint[]): unknown {
  const used = new Map(points.map(({ observation }) => [observation.standard.id, observation.standard]));
  return [...used.values()].map(
    ({ assetNumber, description, certificateNumber, laboratory, validUntil, traceability }) => ({
      ...{ id: assetNumber, description, certificateNumber, laboratory, validUntil, traceability },
    }),
  );
}

const WORST_FIRST: readonly Verdict[] = ['fail', 'conditional_fail', 'conditional_pass', 'pass'];

/** The worst verdict of the final results, said in words, with what was found before. */
function conformityOf(agreed: Agreed, points: readonly EvaluatedPoint[]): CertificateContent['conformity'] {
  const run = finalRun(points);
  const final = points.filter(point => point.run === run);
  const verdict = WORST_FIRST.find(candidate =>
    final.some(point => point.result.conformity?.verdict === candidate),
  );
  if (verdict === undefined || agreed.tolerance === undefined)
    return { verdict: 'not_assessed', statement: words.notAssessed };
  const found = run === 'as_left' ? points.filter(point => point.run === 'as_found') : [];
  const before = found.length === 0 ? [] : [notConforming(found, 'As found') ?? words.asFoundPass];
  return {
    verdict,
    statement: [notConforming(final, 'The results show') ?? words.allPass, ...before].join(' '),
    specification: specificationOf(agreed, final),
  };
}

/** Names the points of each verdict that is not a plain pass; undefined when all pass. */
function notConforming(points: readonly EvaluatedPoint[], lead: string): string | undefined {
  const parts = WORST_FIRST.flatMap(verdict => {
    const at = points
      .filter(point => point.result.conformity?.verdict === verdict)
      .map(({ result }) => `${plainNumber(result.nominal, 12)} ${result.unit}`);
    return verdict === 'pass' || at.length === 0 ? [] : [`${words.verdicts[verdict]} at ${at.join(', ')}`];
  });
  if (parts.length === 0) return undefined;
  const colon = lead === 'As found' ? ':' : '';
  return `${lead}${colon} ${parts.join('; ')}.`;
}

function specificationOf(agreed: Agreed, points: readonly EvaluatedPoint[]): string {
  const { unit } = agreed.procedure;
  const errorUnit = agreed.procedure.errorUnit ?? unit;
  const texts = points.flatMap(({ result }) =>
    result.conformity === null ? [] : [limitsText(result.conformity.tolerance, unit, errorUnit)],
  );
  const source = agreed.tolerance?.source ?? '';
  return new Set(texts).size === 1 ? `${source}, permitted error ${texts[0]} ${errorUnit}` : source;
}

function remarksOf(points: readonly EvaluatedPoint[]): readonly string[] {
  const run = finalRun(points);
  const byText = new Map<string, string[]>();
  for (const { result } of points.filter(point => point.run === run)) {
    for (const text of result.warnings.flatMap(warning => warningInWords(warning) ?? [])) {
      byText.set(text, [...(byText.get(text) ?? []), `${plainNumber(result.nominal, 12)} ${result.unit}`]);
    }
  }
  return [...byText].map(([text, at]) => `At ${at.join(', ')}: ${text}.`);
}

function signatureOf(stamp: Stamp): unknown {
  return {
    role: stamp.meaning,
    user: stamp.user,
    name: stamp.name,
    position: stamp.position ?? undefined,
    meaning: words.meanings[stamp.meaning],
    signedAt: `${stamp.at.slice(0, 19).replace('T', ' ')} UTC`,
    digest: shortDigest(stamp),
  };
}
