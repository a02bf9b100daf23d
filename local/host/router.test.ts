import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate } from './route-matcher.ts';
import { createRouter, decodePath } from './router.ts';

type Row = readonly [template: string, path: string, expected: Record<string, string> | undefined];

const guid = '0f8fad5b-d9cb-469f-a165-70867728950e';
const plain: readonly Row[] = [
  ['products', '/products', {}],
  ['products', '/PRODUCTS/', {}],
  ['products', '/product', undefined],
  ['products', '/products//', undefined],
  ['a.b', '/aXb', undefined],
  ['a{{b}}', '/a{b}', {}],
  ['products/{id}', '/products/a%20b', { id: 'a b' }],
  ['products/{id}', '/produc%74s/a', { id: 'a' }],
  ['products/{id}', '/other/../products/./7', { id: '7' }],
  ['products/{id}', '/products/', undefined],
  ['products/{id}', '/products/a/b', undefined],
  ['{id}', '/%zz', { id: '%zz' }],
];
const optional: readonly Row[] = [
  ['products/{id?}', '/products', {}],
  ['products/{id?}', '/products/', {}],
  ['products/{id?}', '/products/7', { id: '7' }],
  ['products/{page=1}', '/products', { page: '1' }],
  ['products/{page=1}/{size=20}', '/products/3', { page: '3', size: '20' }],
  ['products/{id:int?}', '/products', {}],
  ['products/{id:int?}', '/products/x', undefined],
  ['{a?}/{b?}', '/', {}],
  ['files/{*path}', '/files/a/b%2Fc/d', { path: 'a/b%2Fc/d' }],
  ['files/{*path}', '/files', {}],
  ['files/{*path=index.html}', '/files', { path: 'index.html' }],
  ['{*path}', '/', {}],
  ['{*path}', '/api/v1/tenant-info', { path: 'api/v1/tenant-info' }],
  ['{*path}', '/a/b/', { path: 'a/b/' }],
  ['{**path}', '/a/%C3%BC', { path: 'a/ü' }],
];
const complex: readonly Row[] = [
  ['files/{name}.{ending}', '/files/report.pdf', { name: 'report', ending: 'pdf' }],
  ['files/{name}.{ending}', '/files/a.b.c', { name: 'a.b', ending: 'c' }],
  ['files/{name}.{ending?}', '/files/report', { name: 'report' }],
  ['files/{name}.{ending?}', '/files/report.pdf', { name: 'report', ending: 'pdf' }],
  ['{a}-{b}-{c}', '/1-2-3-4', { a: '1-2', b: '3', c: '4' }],
  ['v{version:int}/x', '/v12/x', { version: '12' }],
];
const constrained: readonly Row[] = [
  ['{x:int}', '/12', { x: '12' }],
  ['{x:int}', '/-2147483648', { x: '-2147483648' }],
  ['{x:int}', '/2147483648', undefined],
  ['{x:long}', '/9223372036854775807', { x: '9223372036854775807' }],
  ['{x:long}', '/9223372036854775808', undefined],
  ['{x:bool}', '/True', { x: 'True' }],
  ['{x:bool}', '/1', undefined],
  ['{x:decimal}', '/1.5', { x: '1.5' }],
  ['{x:double}', '/1e5', { x: '1e5' }],
  ['{x:decimal}', '/1e5', undefined],
  ['{x:guid}', `/${guid}`, { x: guid }],
  ['{x:guid}', `/%7B${guid}%7D`, { x: `{${guid}}` }],
  ['{x:guid}', `/${guid}0`, undefined],
  ['{x:datetime}', '/2026-01-31', { x: '2026-01-31' }],
  ['{x:datetime}', '/never', undefined],
  ['{x:datetime}', '/10:00', { x: '10:00' }],
  ['{x:datetime}', '/24:00', undefined],
  ['{x:datetime}', '/5', undefined],
  ['{x:datetime}', '/2026-02-30', undefined],
  ['{x:datetime}', '/2026-11-25T10:00:00Z', { x: '2026-11-25T10:00:00Z' }],
  ['{x:datetime}', '/Wed, 25 Nov 2026 23:30:00 GMT', { x: 'Wed, 25 Nov 2026 23:30:00 GMT' }],
  ['{x:datetime}', '/Thu, 25 Nov 2026 23:30:00 GMT', undefined],
  ['{x:double}', '/NaN', { x: 'NaN' }],
  ['{x:float}', '/-Infinity', { x: '-Infinity' }],
  ['{x:double}', '/1,000.5', { x: '1,000.5' }],
  ['{x:double}', '/,5', undefined],
  ['{x:decimal}', '/1.5-', { x: '1.5-' }],
  ['{x:decimal}', '/NaN', undefined],
  ['{x:alpha}', '/abc', { x: 'abc' }],
  ['{x:alpha}', '/ab1', undefined],
  ['{x:length(3)}', '/abc', { x: 'abc' }],
  ['{x:length(1,2)}', '/abc', undefined],
  ['{x:minlength(3)}', '/ab', undefined],
  ['{x:maxlength(3)}', '/abcd', undefined],
  ['{x:min(18)}', '/17', undefined],
  ['{x:max(18)}', '/17', { x: '17' }],
  ['{x:range(18,120)}', '/121', undefined],
  ['{x:int:min(1)}', '/0', undefined],
  ['{x:regex(^\\d{{3}}$)}', '/123', { x: '123' }],
  ['{x:regex(^\\d{{3}}$)}', '/1234', undefined],
  ['{x:regex(^(a|b)$):length(1)}', '/B', { x: 'B' }],
  ['{*x:file}', '/a/b.txt', { x: 'a/b.txt' }],
  ['{*x:nonfile}', '/a/b.txt', undefined],
];

function check(rows: readonly Row[]): void {
  for (const [template, path, expected] of rows)
    assert.deepEqual(compileTemplate('', template)(decodePath(path)), expected, `${template} and ${path}`);
}

test('paths fit literals and parameters whatever their case, and are decoded but for %2F', () =>
  check(plain));
test('parameters at the end may be optional, have defaults or take the rest', () => check(optional));
test('segments of several parts are read from the right', () => check(complex));
test('inline constraints are those of ASP.NET Core', () => check(constrained));

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

test('a template that cannot be read is refused with what is wrong', () => {
  for (const [template, message] of [
    ['/rooted', /"\/rooted" may not begin/],
    ['a/{b', /cannot be read at "\{b"/],
    ['a}', /cannot be read at "\}"/],
    ['a/{b:word}', /constraint "word"/],
    ['{a}{b}', /side by side/],
    ['{a}/{A}', /"a" twice/],
    ['{*a}/b', /not at its end/],
    ['x{*a}', /beside other text/],
    ['{*a?}', /cannot be optional/],
    ['{a?}b', /cannot be left out/],
    ['{a=1?}', /with a default/],
    ['a//b', /empty segment/],
  ] as const)
    assert.throws(() => compileTemplate('', template), message, template);
});
