import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineFaults } from '../../kernel/index.ts';
import { type FieldWordings, problemReply, type Wordings } from './problem.ts';

const fault = defineFaults({
  'shop.sold_out': { status: 409, retry: 'never' },
  'shop.closed': { status: 503, retry: 'later' },
});
const wordings: Wordings = {
  en: {
    'shop.sold_out': ['Sold out', 'There {count, plural, =0 {is none} one {is one} other {are #}} of {sku}.'],
    'shop.closed': ['Closed', 'Come back.'],
    'platform.internal': ['Internal error', 'Name the request id.'],
  },
  fa: {
    'shop.sold_out': ['تمام شد', '{count, plural, =0 {هیچ} other {#}} از {sku} مانده است.'],
    'shop.closed': ['بسته', 'باز گردید.'],
    'platform.internal': ['خطای درونی', 'شناسه درخواست را ذکر کنید.'],
  },
};
const fieldWordings: FieldWordings = {
  en: { too_many: 'At most {most, plural, one {# ring} other {# rings}}.' },
  fa: { too_many: 'حداکثر {most, plural, other {# انگشتر}}.' },
};
const at = { requestId: 'req-12345678', path: '/api/v1/rings/1' };
const bodyOf = (error: unknown, language: 'en' | 'fa') =>
  problemReply(error, { ...at, language }, wordings, fieldWordings).body as Readonly<Record<string, unknown>>;

describe('a problem', () => {
  test('speaks the language that was asked for, with codes that never change', () => {
    const error = fault('shop.sold_out', { sku: 'R-18', count: 1 });
    const english = bodyOf(error, 'en');
    const persian = bodyOf(error, 'fa');
    assert.equal(english['detail'], 'There is one of R-18.');
    assert.equal(persian['detail'], '۱ از \u2068R-18\u2069 مانده است.');
    for (const member of ['type', 'code', 'status', 'instance', 'requestId', 'data'])
      assert.deepEqual(english[member], persian[member]);
  });

  test('words each rejected field in the language, with a code that never changes', () => {
    const errors = [{ pointer: '#/rings', code: 'too_many', data: { most: 3 } }];
    const error = fault('shop.sold_out', { sku: 'R-18', count: 1, errors });
    assert.deepEqual(bodyOf(error, 'en')['errors'], [
      { pointer: '#/rings', code: 'too_many', detail: 'At most 3 rings.' },
    ]);
    assert.deepEqual(bodyOf(error, 'fa')['errors'], [
      { pointer: '#/rings', code: 'too_many', detail: 'حداکثر ۳ انگشتر.' },
    ]);
  });

  test('says its language and that it depends on what was asked for', () => {
    const { headers } = problemReply(
      fault('shop.closed'),
      { ...at, language: 'fa' },
      wordings,
      fieldWordings,
    );
    assert.equal(headers['content-language'], 'fa');
    assert.equal(headers['vary'], 'Accept-Language');
    assert.equal(headers['retry-after'], '5');
  });

  test('of a bug says nothing of it', () => {
    const body = bodyOf(new Error('secret table missing'), 'en');
    assert.equal(body['code'], 'platform.internal');
    assert.doesNotMatch(JSON.stringify(body), /secret/);
  });

  test('shows the place that a fault did not fill', () => {
    assert.equal(bodyOf(fault('shop.sold_out', { count: 0 }), 'en')['detail'], 'There is none of {sku}.');
  });
});
