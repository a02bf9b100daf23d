import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wantsPage } from './wants-page.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const page = { replies: { 200: { description: 'A page.', mediaType: 'text/html' } } };
const way = { replies: { 303: { description: 'Elsewhere.' } } };
const data = { replies: { 200: { description: 'Data.' } } };

test('a browser hears refusals of pages and of ways as pages, and of everything else as problems', () => {
  assert.deepEqual(
    [page, way, data].map(endpoint => wantsPage(endpoint, BROWSER)),
    [true, true, false],
  );
});

test('programs hear problems everywhere, also those that say nothing of what they read', () => {
  for (const accept of [undefined, '', '*/*', 'application/json', 'application/json, text/html;q=0.5'])
    assert.equal(wantsPage(page, accept), false, accept);
});
