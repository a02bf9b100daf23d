import type { ComponentChildren } from 'preact';
import type { ResultPoint, ResultTable } from './certificate-content.ts';
import type { CertificateTexts } from './texts.ts';
import { withMinus } from './typography.ts';
import { VerdictText } from './verdict.tsx';

/** Which of the optional columns a table needs. */
type Columns = Readonly<
  Record<'reference' | 'asFound' | 'asFoundVerdict' | 'tolerance' | 'probability' | 'verdict', boolean>
>;

type Props = { readonly table: ResultTable; readonly index: number; readonly texts: CertificateTexts };

// A table of a few rows reads better whole on the next page than torn in two.
const shortTable = 6;

/** The results of one measured quantity; columns that would be empty are left out. */
export function ResultsTable({ table, index, texts }: Props) {
  const columns = columnsOf(table.points);
  return (
    <>
      <table class={table.points.length <= shortTable ? 'short' : undefined}>
        <caption>
          {texts.results.table} {index}. {table.title}
        </caption>
        <Head table={table} columns={columns} texts={texts} />
        <tbody>
          {table.points.map(point => (
            <Row point={point} columns={columns} labelled={table.pointLabel !== undefined} texts={texts} />
          ))}
        </tbody>
      </table>
      {table.note !== undefined && <p class="note">{table.note}</p>}
      {table.outsideAccreditation && <p class="note">{texts.results.outsideAccreditation}</p>}
      {table.externalProvider !== undefined && (
        <p class="note">{texts.externalProvider(table.externalProvider)}</p>
      )}
    </>
  );
}

function columnsOf(points: readonly ResultPoint[]): Columns {
  return {
    reference: points.some(point => point.reference !== undefined),
    asFound: points.some(point => point.asFound !== undefined),
    asFoundVerdict: points.some(point => point.asFound?.verdict !== undefined),
    tolerance: points.some(point => point.tolerance !== undefined),
    probability: points.some(point => point.probability !== undefined),
    verdict: points.some(point => point.result.verdict !== undefined),
  };
}

function Head({ table, columns, texts }: Omit<Props, 'index'> & { columns: Columns }) {
  const { results } = texts;
  const rows = columns.asFound ? 2 : 1;
  const asFoundSpan = columns.asFoundVerdict ? 3 : 2;
  const asLeftSpan = 2;
  const column = (label: ComponentChildren, unit: string | undefined, rowSpan: number) => (
    <th scope="col" class="n" rowSpan={rowSpan}>
      {label}
      {unit !== undefined && <small>{unit}</small>}
    </th>
  );
  const readings = (
    <>
      {column(results.indication, table.unit, 1)}
      {column(results.error, table.errorUnit, 1)}
    </>
  );
  return (
    <thead>
      <tr>
        {table.pointLabel === undefined ? (
          column(results.nominal, table.unit, rows)
        ) : (
          <th scope="col" rowSpan={rows}>
            {table.pointLabel}
          </th>
        )}
        {columns.reference && column(results.reference, table.unit, rows)}
        {columns.asFound ? (
          <>
            <th scope="colgroup" class="group" colSpan={asFoundSpan}>
              <span>{results.asFound}</span>
            </th>
            <th scope="colgroup" class="group" colSpan={asLeftSpan}>
              <span>{results.asLeft}</span>
            </th>
          </>
        ) : (
          readings
        )}
        {column(<i>U</i>, table.errorUnit, rows)}
        {column(<i>k</i>, undefined, rows)}
        {columns.tolerance && column(results.tolerance, table.errorUnit, rows)}
        {columns.probability && column(results.probability, undefined, rows)}
        {columns.verdict && column(results.verdict, undefined, rows)}
      </tr>
      {columns.asFound && (
        <tr>
          {readings}
          {columns.asFoundVerdict && column(results.verdict, undefined, 1)}
          {readings}
        </tr>
      )}
    </thead>
  );
}

function Row({
  point,
  columns,
  labelled,
  texts,
}: {
  point: ResultPoint;
  columns: Columns;
  labelled: boolean;
  texts: CertificateTexts;
}) {
  const { asFound, result } = point;
  const number = (value: string | undefined, strong = false) => (
    <td class={strong ? 'n strong' : 'n'}>{withMinus(value ?? '–')}</td>
  );
  return (
    <tr>
      <th scope="row" class={labelled ? undefined : 'n'}>
        {withMinus(point.nominal)}
      </th>
      {columns.reference && number(point.reference)}
      {columns.asFound && number(asFound?.indication)}
      {columns.asFound && number(asFound?.error)}
      {columns.asFoundVerdict && (
        <td class="n">{asFound?.verdict && <VerdictText verdict={asFound.verdict} texts={texts} />}</td>
      )}
      {number(result.indication)}
      {number(result.error, true)}
      {number(point.expandedUncertainty, true)}
      {number(point.coverageFactor)}
      {columns.tolerance && number(point.tolerance)}
      {columns.probability && number(point.probability)}
      {columns.verdict && (
        <td class="n">{result.verdict && <VerdictText verdict={result.verdict} texts={texts} />}</td>
      )}
    </tr>
  );
}
