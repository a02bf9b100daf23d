import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  content,
  type DescribedApi,
  defineEndpoint,
  type Endpoint,
  httpFault,
  ok,
  openApiDocument,
} from '../http/index.ts';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Touchstone API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><main id="reference"></main><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`;

const START = `window.ui = SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#reference', deepLinking: true,
  docExpansion: 'none', persistAuthorization: true, tryItOutEnabled: true, defaultModelsExpandDepth: -1 });`;

/** Swagger UI sets inline styles and draws inline images; scripts come from here alone. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const Problem = z.strictObject({
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  status: z.number().int(),
  retryable: z.boolean(),
});

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
/** `files.md`: static files a week in browsers. */
const WEEK = { 'cache-control': 'public, max-age=604800' };

/** What the catalogue says of one refusal. */
export type ProblemEntry = {
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly retryable: boolean;
};

export type ReferenceOptions = { readonly assetsFolder: string; readonly version: string };

/** The API's description as JSON, and a page to browse it. `whole` is what there is to describe. */
export function referenceEndpoints(
  options: ReferenceOptions,
  whole: () => DescribedApi,
  problems: () => ReadonlyMap<string, ProblemEntry>,
): readonly Endpoint[] {
  let text: string | undefined;
  let older: string | undefined;
  return [
    defineEndpoint({
      id: 'platform.reference.openapi',
      method: 'GET',
      path: '/openapi.json',
      access: 'platform',
      summary: 'This API as OpenAPI 3.1.',
      replies: { 200: { description: 'The document.', mediaType: 'application/json' } },
      handle: async () => {
        text ??= JSON.stringify(openApiDocument(whole(), options.version));
        return content('application/json', text);
      },
    }),
    defineEndpoint({
      id: 'platform.reference.openapi_older',
      method: 'GET',
      path: '/openapi-3.0.json',
      access: 'platform',
      summary: 'This API as OpenAPI 3.0, for generators that know no later version.',
      replies: { 200: { description: 'The document.', mediaType: 'application/json' } },
      handle: async () => {
        older ??= JSON.stringify(openApiDocument(whole(), options.version, '3.0'));
        return content('application/json', older);
      },
    }),
    defineEndpoint({
      id: 'platform.reference.problem',
      method: 'GET',
      path: '//problems/:code',
      access: 'platform',
      summary: 'What a problem of this type means.',
      params: z.strictObject({ code: z.string().max(100) }),
      replies: { 200: { description: 'Its meaning.', schema: Problem } },
      handle: async ({ params: { code } }) => {
        const entry = problems().get(code);
        if (entry === undefined) throw httpFault('platform.route_unknown');
        return ok({ code, ...entry });
      },
    }),
    defineEndpoint({
      id: 'platform.reference.page',
      method: 'GET',
      path: '//docs',
      access: 'platform',
      summary: 'This API as a page to browse.',
      replies: { 200: { description: 'The page.', mediaType: 'text/html' } },
      handle: async () =>
        content('text/html; charset=utf-8', PAGE, { 'content-security-policy': PAGE_POLICY }),
    }),
    defineEndpoint({
      id: 'platform.reference.file',
      method: 'GET',
      path: '//docs/:file',
      access: 'platform',
      summary: "The page's own files.",
      params: z.strictObject({ file: z.string().max(60) }),
      replies: { 200: { description: 'The file.', mediaType: 'text/javascript' } },
      handle: async ({ params }) => {
        if (params.file === 'start.js') return content('text/javascript; charset=utf-8', START);
        const mediaType = FILES[params.file];
        if (mediaType === undefined) throw httpFault('platform.route_unknown');
        const bytes = await readFile(join(options.assetsFolder, 'swagger-ui', params.file), 'utf8');
        return content(mediaType, bytes, WEEK);
      },
    }),
  ];
}
