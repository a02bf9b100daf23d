import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { rule } from '../../kernel/index.ts';
import { formatMessage, type Language } from '../../kernel/languages/index.ts';
import { fieldErrorsOf } from '../http/index.ts';
import { platformFieldWordings } from './field-wordings.ts';

/** What somebody is told of a value that a schema refuses. */
function told(schema: z.ZodType, value: unknown, language: Language = 'en'): readonly string[] {
  const { error } = schema.safeParse(value, { reportInput: true });
  return fieldErrorsOf(error?.issues ?? []).map(
    ({ pointer, code, data }) =>
      `${pointer} ${formatMessage(language, platformFieldWordings[language][code] ?? code, data)}`,
  );
}

describe('a rejected field', () => {
  const Ring = z.strictObject({
    name: z.string().min(1).max(3),
    karat: z.int().min(1).max(24),
    stones: z.array(z.string()).max(2).optional(),
    sold: z.iso.date().optional(),
    colour: z.enum(['white', 'yellow']).optional(),
  });

  test('is pointed at and named in English', () => {
    assert.deepEqual(
      told(Ring, { name: '', karat: 25, stones: ['a', 'b', 'c'], sold: '29.4.2026', weight: 3 }),
      [
        '#/name At least 1 character.',
        '#/karat At most 24.',
        '#/stones At most 2 entries.',
        '#/sold This is no day: 2026-04-29.',
        '#/weight This field is not known here.',
      ],
    );
    assert.deepEqual(told(Ring, { karat: 'nine', colour: 'red' }), [
      '#/name This field is required.',
      '#/karat This must be a number.',
      '#/colour This must be one of: white, yellow.',
    ]);
  });

  test('is named in Persian with Persian digits', () => {
    assert.deepEqual(told(Ring, { name: 'gold', karat: 0 }, 'fa'), [
      '#/name حداکثر ۳ نویسه.',
      '#/karat حداقل ۱.',
    ]);
  });

  test('by a rule of our own has the code and the data of the rule', () => {
    const Weight = z.number().refine(value => value < 3, rule('span_too_long', { days: 3 }));
    const { error } = Weight.safeParse(4, { reportInput: true });
    assert.deepEqual(fieldErrorsOf(error?.issues ?? []), [
      { pointer: '#', code: 'span_too_long', data: { days: 3 } },
    ]);
    assert.deepEqual(told(Weight, 4), ['# At most 3 days are counted at once.']);
  });

  test('outside the body is pointed at by its place, with what a URI fragment escapes', () => {
    const { error } = z.object({ 'a/b': z.number() }).safeParse({ 'a/b': 'x' }, { reportInput: true });
    assert.deepEqual(
      fieldErrorsOf(error?.issues ?? [], 'query').map(({ pointer }) => pointer),
      ['#/query/a~1b'],
    );
  });

  const refusals: readonly (readonly [z.ZodType, unknown])[] = [
    [z.email(), 'x'],
    [z.url(), 'x'],
    [z.iso.datetime(), 'x'],
    [z.string().regex(/^a{2}$/), 'x'],
    [z.uuid(), 'x'],
    [z.number().multipleOf(5), 3],
    [z.number().gt(5), 3],
    [z.number().lt(5), 7],
    [z.union([z.string(), z.number()]), true],
    [z.record(z.string().min(3), z.number()), { a: 1 }],
    [z.map(z.string(), z.number()), new Map([['a', 'x']])],
    [z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]), { kind: 'b' }],
    [z.boolean(), 1],
    [z.strictObject({}), []],
    [z.array(z.string()), {}],
    [z.custom(() => false), 1],
  ];
  test('is said in words whatever the schema refused', () => {
    for (const [schema, value] of refusals)
      for (const language of ['en', 'fa'] as const) {
        const [sentence = ''] = told(schema, value, language);
        assert.match(sentence, language === 'fa' ? /\p{Script=Arabic}.*\.$/u : /^#\S* [A-Z].*\.$/, sentence);
        assert.doesNotMatch(sentence.replace(/\^a\{2\}\$/, ''), /[{}]/, sentence);
      }
  });
});
