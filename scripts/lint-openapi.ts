/** Lints the description of the API in both versions of OpenAPI; part of `npm run check`. */
import { createConfig, formatProblems, getTotals, lintFromString } from '@redocly/openapi-core';
import { makeApp } from '../shared/app.ts';
import { openApiDocument } from '../shared/platform/http/index.ts';

const app = makeApp({ assetsFolder: '', version: '1.0.0' });
const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // The tenant's own host serves the document; the path alone is right wherever it is.
    'no-empty-servers': 'error',
    'operation-description': 'off',
    // A login at an issuer answers by leading on; a test wants a 2xx or 3xx of every operation.
    'operation-2xx-response': 'off',
    'operation-4xx-problem-details-rfc7807': 'error',
    'no-invalid-schema-examples': 'error',
    'no-invalid-media-type-examples': 'error',
    'operation-operationId-unique': 'error',
    'path-parameters-defined': 'error',
  },
});

let errors = 0;
for (const version of ['3.1', '3.0'] as const) {
  const source = JSON.stringify(openApiDocument(app, '1.0.0', version), null, 2);
  const found = await lintFromString({ source, absoluteRef: `openapi-${version}.json`, config });
  // RFC 6749, section 5.2, says how these refuse.
  const problems = found.filter(
    ({ ruleId, location }) =>
      ruleId !== 'operation-4xx-problem-details-rfc7807' ||
      location[0]?.pointer?.startsWith('#/paths/~1oauth~1') !== true,
  );
  const totals = getTotals(problems);
  if (problems.length > 0) formatProblems(problems, { format: 'stylish', totals, version: '' });
  errors += totals.errors + totals.warnings;
}
process.exitCode = errors === 0 ? 0 : 1;
