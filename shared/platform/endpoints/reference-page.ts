import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  content,
  type DescribedApi,
  defineEndpoint,
  type Endpoint,
  FixedText,
  httpFault,
  openApiDocument,
  seeOther,
} from '../http/index.ts';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Touchstone API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><main id="reference"></main><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>`;

const START = `window.ui = SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#reference', deepLinking: true,
  docExpansion: 'none', persistAuthorization: true, tryItOutEnabled: true, defaultModelsExpandDepth: -1 });`;

/** Swagger UI draws inline images; it sets styles through the DOM alone, which no policy asks about. Everything else comes from here. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const FILES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
]);
/** `files.md`: static files a week in browsers. */
const WEEK = { 'cache-control': 'public, max-age=604800' };

export type ReferenceOptions = { readonly assetsFolder: string; readonly version: string };

const root = defineEndpoint({
  id: 'platform.reference.root',
  method: 'GET',
  path: '//',
  access: 'platform',
  summary: 'Leads whoever only has a host’s name to the page of this API.',
  replies: { 303: { description: 'To the page.' } },
  handle: async () => seeOther('/docs'),
});

/** The API's description as JSON, and a page to browse it. `whole` is what there is to describe. */
export function referenceEndpoints(
  options: ReferenceOptions,
  whole: () => DescribedApi,
): readonly Endpoint[] {
  let text: FixedText | undefined;
  let older: FixedText | undefined;
  const files = new Map<string, Promise<FixedText>>();
  const fileNamed = (name: string): Promise<FixedText> => {
    const known = files.get(name);
    if (known !== undefined) return known;
    const read = readFile(join(options.assetsFolder, 'swagger-ui', name), 'utf8').then(
      text => new FixedText(text),
    );
    files.set(name, read);
    return read;
  };
  return [
    defineEndpoint({
      id: 'platform.reference.openapi',
      method: 'GET',
      path: '/openapi.json',
      access: 'platform',
      summary: 'This API as OpenAPI 3.1.',
      replies: { 200: { description: 'The document.', mediaType: 'application/json' } },
      handle: async () => {
        text ??= new FixedText(JSON.stringify(openApiDocument(whole(), options.version)));
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
        older ??= new FixedText(JSON.stringify(openApiDocument(whole(), options.version, '3.0')));
        return content('application/json', older);
      },
    }),
    root,
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
        const mediaType = FILES.get(params.file);
        if (mediaType === undefined) throw httpFault('platform.route_unknown');
        return content(mediaType, await fileNamed(params.file), WEEK);
      },
    }),
  ];
}
