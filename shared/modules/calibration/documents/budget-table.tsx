import type { Budget } from './certificate-content.ts';
import type { CertificateTexts } from './texts.ts';
import { withMinus } from './typography.ts';

// Up to this many lines a budget stays on one page.
const wholeBudget = 25;

/** An uncertainty budget line by line (EA-4/02 M:2022, section 6), with what it sums up to. */
export function BudgetTable({
  budget,
  texts: { budget: texts },
}: {
  budget: Budget;
  texts: CertificateTexts;
}) {
  const head = (label: string, unit?: string) => (
    <th scope="col" class="n">
      {label}
      {unit !== undefined && <small>{unit}</small>}
    </th>
  );
  return (
    <>
      <table class={budget.rows.length <= wholeBudget ? 'budget short' : 'budget'}>
        <caption>{budget.title}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.quantity}</th>
            {head(texts.estimate)}
            <th scope="col">{texts.unit}</th>
            <th scope="col">{texts.distribution}</th>
            {head(texts.divisor)}
            {head(texts.standardUncertainty)}
            {head(texts.sensitivity)}
            {head(texts.contribution, budget.unit)}
            <th scope="col" class="n freedom">
              {texts.degreesOfFreedom}
            </th>
            {head(texts.percent, '%')}
          </tr>
        </thead>
        <tbody>
          {budget.rows.map(row => (
            <tr>
              <th scope="row">{row.quantity}</th>
              <td class="n">{withMinus(row.estimate)}</td>
              <td>{row.unit}</td>
              <td>{row.distribution}</td>
              <td class="n">{row.divisor}</td>
              <td class="n">{row.standardUncertainty}</td>
              <td class="n">{withMinus(row.sensitivity)}</td>
              <td class="n">{withMinus(row.contribution)}</td>
              <td class="n">{row.degreesOfFreedom}</td>
              <td class="n">{row.percent}</td>
            </tr>
          ))}
        </tbody>
        <BudgetSum budget={budget} texts={texts} />
      </table>
      {budget.note !== undefined && <p class="note">{budget.note}</p>}
    </>
  );
}

function BudgetSum({ budget, texts }: { budget: Budget; texts: CertificateTexts['budget'] }) {
  return (
    <tfoot>
      <tr class="tail">
        <th scope="row" colSpan={7}>
          {texts.combined} <i>u</i>
          <sub>c</sub>
        </th>
        <td class="n strong">{budget.combined}</td>
        <td class="n">{budget.effectiveDegreesOfFreedom}</td>
        <td class="n">100</td>
      </tr>
      <tr class="tail">
        <th scope="row" colSpan={7}>
          {texts.expanded} <i>U</i> = <i>k</i> · <i>u</i>
          <sub>c</sub>, <i>k</i> = {budget.coverageFactor}
        </th>
        <td class="n strong">{budget.expanded}</td>
        <td />
        <td />
      </tr>
    </tfoot>
  );
}
