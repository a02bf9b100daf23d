import type { QueryWork } from './charge.ts';

/**
 * The metrics of a query page in the form that the SDK parses. Only the counts and the whole time are real; the parts of
 * the time are not measured. https://learn.microsoft.com/azure/cosmos-db/nosql/query-metrics
 */
export function metricsHeader(work: QueryWork, milliseconds: number): Record<string, string> {
  const time = milliseconds.toFixed(2);
  const values: Readonly<Record<string, string | number>> = {
    totalExecutionTimeInMs: time,
    queryCompileTimeInMs: 0,
    queryLogicalPlanBuildTimeInMs: 0,
    queryPhysicalPlanBuildTimeInMs: 0,
    queryOptimizationTimeInMs: 0,
    VMExecutionTimeInMs: time,
    indexLookupTimeInMs: 0,
    documentLoadTimeInMs: 0,
    systemFunctionExecuteTimeInMs: 0,
    userFunctionExecuteTimeInMs: 0,
    retrievedDocumentCount: work.scanned,
    retrievedDocumentSize: work.scannedBytes,
    outputDocumentCount: work.returned,
    outputDocumentSize: work.returnedBytes,
    writeOutputTimeInMs: 0,
    indexUtilizationRatio: work.scanned === 0 ? 0 : Math.min(1, work.returned / work.scanned).toFixed(2),
  };
  const text = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return { 'x-ms-documentdb-query-metrics': text.join(';') };
}
