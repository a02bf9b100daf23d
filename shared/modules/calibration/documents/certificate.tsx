import type { ComponentChildren } from 'preact';
import { BudgetTable } from './budget-table.tsx';
import type { CertificateContent } from './certificate-content.ts';
import { Cover } from './cover.tsx';
import { CurveFigure } from './curve-figure.tsx';
import { ResultsTable } from './results-table.tsx';
import { stylesheet } from './stylesheet.ts';
import type { CertificateTexts } from './texts.ts';
import { textsOf } from './texts-of.ts';
import { withMinus } from './typography.ts';

type Props = { readonly content: CertificateContent; readonly texts: CertificateTexts };

/** A calibration certificate as a whole HTML document that is made to be printed. */
export function Certificate({ content }: { content: CertificateContent }) {
  const texts = textsOf(content.language);
  return (
    <html lang={content.language} dir={texts.direction}>
      <head>
        <meta charset="utf-8" />
        <title>{`${content.title ?? texts.title} ${content.number}`}</title>
        <style dangerouslySetInnerHTML={{ __html: stylesheet(content, texts) }} />
      </head>
      <body>
        {content.watermark !== undefined && (
          <div class="watermark" aria-hidden="true">
            <span style={{ fontSize: `${watermarkSize(texts.watermarks[content.watermark])}pt` }}>
              {texts.watermarks[content.watermark]}
            </span>
          </div>
        )}
        <Cover content={content} texts={texts} />
        <main class="details">
          <Details content={content} texts={texts} />
        </main>
        <p class="end">{texts.end(content.number)}</p>
      </body>
    </html>
  );
}

// Fills the diagonal of the page, whatever the word.
function watermarkSize(word: string): number {
  return Math.min(110, Math.round(640 / word.length));
}

function Details({ content, texts }: Props) {
  const { sections } = texts;
  const parts = [
    { title: sections.methodAndConditions, body: <MethodAndConditions content={content} texts={texts} /> },
    { title: sections.standards, body: <Standards content={content} texts={texts} /> },
    {
      title: sections.results,
      body: content.results.map((table, index) => (
        <ResultsTable table={table} index={index + 1} texts={texts} />
      )),
    },
    {
      title: sections.uncertainty,
      body: <p>{content.uncertaintyStatement ?? texts.uncertaintyStatement}</p>,
    },
    content.decisionRule !== undefined && {
      title: sections.decisionRule,
      body: (
        <p>
          <b>{content.decisionRule.name}.</b> {content.decisionRule.text}
        </p>
      ),
    },
    content.curves.length > 0 && {
      title: sections.curve,
      body: content.curves.map((curve, index) => (
        <CurveFigure curve={curve} index={index + 1} texts={texts} />
      )),
    },
    content.deviations.length > 0 && {
      title: sections.deviations,
      body: <Paragraphs of={content.deviations} />,
    },
    content.customerData !== undefined && {
      title: sections.customerData,
      body: <p>{content.customerData}</p>,
    },
    content.remarks.length > 0 && { title: sections.remarks, body: <Paragraphs of={content.remarks} /> },
  ].filter(part => part !== false);
  return (
    <>
      {parts.map((part, index) => (
        <Part label={String(index + 1)} title={part.title}>
          {part.body}
        </Part>
      ))}
      {content.budgets.length > 0 && (
        <Part label="A" title={sections.annex}>
          {content.budgets.map(budget => (
            <BudgetTable budget={budget} texts={texts} />
          ))}
        </Part>
      )}
    </>
  );
}

function Part({ label, title, children }: { label: string; title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h2>
        <span>{label}</span>
        {title}
      </h2>
      {children}
    </section>
  );
}

function Paragraphs({ of }: { of: readonly string[] }) {
  return of.map(text => <p>{text}</p>);
}

function MethodAndConditions({ content: { method, environment }, texts }: Props) {
  const known = environment.some(({ uncertainty }) => uncertainty !== undefined);
  return (
    <>
      <p>
        {method.id}, {texts.labels.version} {method.version}: {method.title}
      </p>
      {method.description !== undefined && <p>{method.description}</p>}
      <table class="narrow conditions">
        <thead>
          <tr>
            <th scope="col">{texts.environment.quantity}</th>
            <th scope="col" class="n">
              {texts.environment.value}
            </th>
            {known && (
              <th scope="col" class="n">
                {texts.environment.uncertainty}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {environment.map(condition => (
            <tr>
              <th scope="row">{condition.quantity}</th>
              <td class="n">{withMinus(condition.value)}</td>
              {known && <td class="n">{condition.uncertainty ?? '–'}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Standards({ content: { standards, traceabilityStatement }, texts }: Props) {
  return (
    <>
      <p>{traceabilityStatement ?? texts.traceabilityStatement}</p>
      <table class="standards">
        <thead>
          <tr>
            <th scope="col">{texts.standards.id}</th>
            <th scope="col">{texts.standards.description}</th>
            <th scope="col">{texts.standards.certificate}</th>
            <th scope="col">{texts.standards.laboratory}</th>
            <th scope="col">{texts.standards.validUntil}</th>
            <th scope="col">{texts.standards.traceability}</th>
          </tr>
        </thead>
        <tbody>
          {standards.map(standard => (
            <tr>
              <th scope="row" class="id">
                {standard.id}
              </th>
              <td>{standard.description}</td>
              <td class="id">{standard.certificateNumber}</td>
              <td>{standard.laboratory}</td>
              <td class="id">{standard.validUntil}</td>
              <td>{standard.traceability}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
