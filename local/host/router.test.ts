import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, createRouter } from './router.ts';

const matches: readonly [template: string, path: string, expected: Record<string, string> | undefined][] = [
  ['products', '/products', {}],
  ['products', '/PRODUCTS/', {}],
  ['products', '/product', undefined],
  ['a.b', '/aXb', undefined],
  ['products/{id}', '/products/a%20b', { id: 'a b' }],
  ['products/{id}', '/products/', undefined],
  ['products/{id}', '/products/a/b', undefined],
  ['products/{id?}', '/products', {}],
  ['products/{id?}', '/products/7', { id: '7' }],
  ['products/{page=1}', '/products', { page: '1' }],
  ['products/{id:int}', '/products/12', { id: '12' }],
  ['products/{id:int}', '/products/x', undefined],
  [
    'products/{id:guid}',
    '/products/0f8fad5b-d9cb-469f-a165-70867728950e',
    { id: '0f8fad5b-d9cb-469f-a165-70867728950e' },
  ],
  ['files/{name}.{ending}', '/files/report.pdf', { name: 'report', ending: 'pdf' }],
  ['files/{*path}', '/files/a/b%2Fc/d', { path: 'a/b%2Fc/d' }],
  ['files/{*path}', '/files', {}],
  ['{*path}', '/', {}],
  ['{*path}', '/api/v1/tenant-info', { path: 'api/v1/tenant-info' }],
  ['{**path}', '/a/%C3%BC', { path: 'a/ü' }],
  ['{id}', '/%zz', { id: '%zz' }],
];
for (const [template, path, expected] of matches) {
  test(`the route "${template}" ${expected === undefined ? 'does not take' : 'takes'} ${path}`, () => {
    assert.deepEqual(compileTemplate('', template)(path), expected);
  });
}

test('the prefix stands before every route', () => {
  assert.deepEqual(compileTemplate('api', 'x/{id}')('/api/x/1'), { id: '1' });
  assert.equal(compileTemplate('api', 'x/{id}')('/x/1'), undefined);
});

test('overlapping routes are decided by the names of the functions, a method that does not fit is passed over', () => {
  const route = createRouter('', [
    { name: 'zebra', template: 'things/special', methods: ['GET'], target: 'zebra' },
    { name: 'Apple', template: 'things/{id}', methods: ['GET'], target: 'apple' },
    { name: 'bear', template: 'things/{id}', methods: undefined, target: 'bear' },
    { name: 'plain', template: undefined, methods: undefined, target: 'plain' },
  ]);
  assert.equal(route('GET', '/things/special')?.target, 'apple');
  assert.equal(route('DELETE', '/things/special')?.target, 'bear');
  assert.equal(route('PATCH', '/plain')?.target, 'plain');
  assert.equal(route('GET', '/none'), undefined);
});

test('a template that cannot be read is refused by name', () => {
  assert.throws(() => compileTemplate('', '/rooted'), /"\/rooted"/);
  assert.throws(() => compileTemplate('', 'a/{b'), /a\/\{b/);
  assert.throws(() => compileTemplate('', 'a/{b:regex}'), /constraint "regex"/);
});
