import type { ComponentChildren } from 'preact';
import type { ResultPoint, ResultTable, Verdict } from './certificate-content.ts';
import type { CertificateTexts } from './texts.ts';
import { withMinus } from './typography.ts';
import { VerdictText } from './verdict.tsx';

/** Which of the optional columns a table needs. */
type Columns = Readonly<
  Record<
    | 'reference'
    | 'asFound'
    | 'asFoundUncertainty'
    | 'asFoundVerdict'
    | 'tolerance'
    | 'probability'
    | 'verdict',
    boolean
  >
>;

/** What stands beside indication and error of one run. */
type Shown = { readonly uncertainty: boolean; readonly verdict: boolean; readonly probability?: boolean };

type Props = { readonly table: ResultTable; readonly index: number; readonly texts: CertificateTexts };
type HeadProps = Omit<Props, 'index'> & { readonly columns: Columns };

// A table of a few rows reads better whole on the next page than torn in two.
const shortTable = 6;

/** The results of one measured quantity; columns that would be empty are left out. */
export function ResultsTable({ table, index, texts }: Props) {
  const columns = columnsOf(table.points);
  return (
    <>
      <table class={classOf(table, columns)}>
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

function classOf({ points }: ResultTable, { asFound }: Columns): string | undefined {
  const classes = [...(points.length <= shortTable ? ['short'] : []), ...(asFound ? ['both-runs'] : [])];
  return classes.length === 0 ? undefined : classes.join(' ');
}

function columnsOf(points: readonly ResultPoint[]): Columns {
  return {
    reference: points.some(point => point.reference !== undefined),
    asFound: points.some(point => point.asFound !== undefined),
    asFoundUncertainty: points.some(point => point.asFound?.expandedUncertainty !== undefined),
    asFoundVerdict: points.some(point => point.asFound?.verdict !== undefined),
    tolerance: points.some(point => point.tolerance !== undefined),
    probability: points.some(point => point.probability !== undefined),
    verdict: points.some(point => point.result.verdict !== undefined),
  };
}

function ColumnHead({
  unit,
  rows = 1,
  children,
}: {
  unit?: string;
  rows?: number;
  children: ComponentChildren;
}) {
  return (
    <th scope="col" class="n" rowSpan={rows}>
      {children}
      {unit !== undefined && <small>{unit}</small>}
    </th>
  );
}

function Head({ table, columns, texts: { results } }: HeadProps) {
  const rows = columns.asFound ? 2 : 1;
  const found = { uncertainty: columns.asFoundUncertainty, verdict: columns.asFoundVerdict };
  const left = { uncertainty: true, verdict: columns.verdict, probability: columns.probability };
  const heads = (of: Shown) => <ReadingHeads table={table} of={of} results={results} />;
  return (
    <thead>
      <tr>
        {table.pointLabel === undefined ? (
          <ColumnHead unit={table.unit} rows={rows}>
            {results.nominal}
          </ColumnHead>
        ) : (
          <th scope="col" rowSpan={rows}>
            {table.pointLabel}
          </th>
        )}
        {columns.reference && (
          <ColumnHead unit={table.unit} rows={rows}>
            {results.reference}
          </ColumnHead>
        )}
        {columns.tolerance && (
          <ColumnHead unit={table.errorUnit} rows={rows}>
            {results.tolerance}
          </ColumnHead>
        )}
        {columns.asFound ? (
          <>
            <GroupHead label={results.asFound} span={widthOf(found)} />
            <GroupHead label={results.asLeft} span={widthOf(left)} />
          </>
        ) : (
          heads(left)
        )}
      </tr>
      {columns.asFound && (
        <tr>
          {heads(found)}
          {heads(left)}
        </tr>
      )}
    </thead>
  );
}

function GroupHead({ label, span }: { label: string; span: number }) {
  return (
    <th scope="colgroup" class="group" colSpan={span}>
      <span>{label}</span>
    </th>
  );
}

function ReadingHeads({
  table,
  of,
  results,
}: {
  table: ResultTable;
  of: Shown;
  results: CertificateTexts['results'];
}) {
  return (
    <>
      <ColumnHead unit={table.unit}>{results.indication}</ColumnHead>
      <ColumnHead unit={table.errorUnit}>{results.error}</ColumnHead>
      {of.uncertainty && (
        <>
          <ColumnHead unit={table.errorUnit}>
            <i>U</i>
          </ColumnHead>
          <ColumnHead>
            <i>k</i>
          </ColumnHead>
        </>
      )}
      {of.probability && <ColumnHead>{results.probability}</ColumnHead>}
      {of.verdict && <ColumnHead>{results.verdict}</ColumnHead>}
    </>
  );
}

function widthOf({ uncertainty, verdict, probability = false }: Shown): number {
  return 2 + (uncertainty ? 2 : 0) + (verdict ? 1 : 0) + (probability ? 1 : 0);
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
  return (
    <tr>
      <th scope="row" class={labelled ? undefined : 'n'}>
        {withMinus(point.nominal)}
      </th>
      {columns.reference && <NumberCell value={point.reference} />}
      {columns.tolerance && <NumberCell value={point.tolerance} />}
      {columns.asFound && (
        <>
          <NumberCell value={asFound?.indication} />
          <NumberCell value={asFound?.error} />
          {columns.asFoundUncertainty && <NumberCell value={asFound?.expandedUncertainty} />}
          {columns.asFoundUncertainty && <NumberCell value={asFound?.coverageFactor} />}
          {columns.asFoundVerdict && <VerdictCell verdict={asFound?.verdict} texts={texts} />}
        </>
      )}
      <NumberCell value={result.indication} />
      <NumberCell value={result.error} strong />
      <NumberCell value={point.expandedUncertainty} strong />
      <NumberCell value={point.coverageFactor} />
      {columns.probability && <NumberCell value={point.probability} />}
      {columns.verdict && <VerdictCell verdict={result.verdict} texts={texts} />}
    </tr>
  );
}

function NumberCell({ value, strong = false }: { value: string | undefined; strong?: boolean }) {
  return <td class={strong ? 'n strong' : 'n'}>{withMinus(value ?? '–')}</td>;
}

function VerdictCell({ verdict, texts }: { verdict: Verdict | undefined; texts: CertificateTexts }) {
  return <td class="n">{verdict !== undefined && <VerdictText verdict={verdict} texts={texts} />}</td>;
}
