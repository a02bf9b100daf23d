import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import type { PersonKey } from '../keys/index.ts';
import { mapPersonal, personsIn } from './map-personal.ts';
import { planOf } from './personal-plan.ts';
import { openerOf, sealData, sealedFor } from './sealing.ts';

const USR = 'usr_01kapx0000000000000000000a';
const CON = ['con_01kapx0000000000000000000a', 'con_01kapx0000000000000000000b'] as const;
const OWN = 'cus_01kapx0000000000000000000a';

const Shape = z.strictObject({
  title: z.string(),
  email: z.email().meta({ personal: true }).optional(),
  lines: z.array(z.string()).meta({ personal: true }),
  note: z.string().nullable().meta({ personal: true }),
  contacts: z.array(
    z.strictObject({ id: z.string(), name: z.string().meta({ personal: true }) }).meta({ person: 'id' }),
  ),
  signed: z
    .strictObject({ user: z.string(), name: z.string().meta({ personal: true, kept: 'law' }) })
    .meta({ person: 'user' })
    .nullable(),
  either: z.union([z.strictObject({ phone: z.string().meta({ personal: true }) }), z.string()]),
});
type Shape = z.infer<typeof Shape>;
const kind = { name: 'test.shape', schema: Shape as z.ZodType };
const plan = planOf(Shape);

const data: Shape = {
  title: 'Ms',
  email: 'mona@lab.example',
  lines: ['Mona Lane 1'],
  note: null,
  contacts: CON.map((id, index) => ({ id, name: `Mona ${index}` })),
  signed: { user: USR, name: 'Mona Signed' },
  either: { phone: 'Mona 555' },
};
const owner = { tenant: 'tnt_1', kind: kind.name, id: OWN };

function keysFor(...persons: readonly string[]): Map<string, PersonKey> {
  const key = (): PersonKey => ({ current: 1, versions: new Map([[1, randomBytes(32)]]) });
  return new Map(persons.map(person => [person, key()]));
}
const all = [OWN, ...CON, USR, '~common'];
const open = (keys: Map<string, PersonKey>, stored: unknown, id = OWN, tenant = 'tnt_1') =>
  openerOf({ find: async () => keys }, tenant).data(kind, id, stored);

describe('personal values of a record', () => {
  test('are sealed for whom they are about, and what is not personal is not', () => {
    const stored = sealData(keysFor(...all), owner, plan, data) as Shape;
    assert.equal(JSON.stringify(stored).includes('Mona'), false);
    assert.equal(stored.title, 'Ms');
    assert.deepEqual(
      stored.contacts.map(({ id }) => id),
      CON,
    );
    assert.match(String(stored.email), new RegExp(`^~1\\.1\\.${OWN}\\.email\\.`));
    assert.match(stored.contacts[1]?.name ?? '', new RegExp(`^~1\\.1\\.${CON[1]}\\.contacts/\\*/name\\.`));
    assert.match(stored.signed?.name ?? '', /^~1\.1\.~common\.signed\/name\./);
    assert.deepEqual(personsIn(plan, data, OWN), [...CON, USR]);
  });

  test('come back as they were, whatever they are', async () => {
    const text = fc.string({ unit: 'grapheme' });
    const shapes = fc.record({
      title: text,
      lines: fc.array(text),
      note: fc.option(text),
      contacts: fc.subarray([...CON]).map(ids => ids.map(id => ({ id, name: id.slice(-3) }))),
      signed: fc.option(fc.record({ user: fc.constantFrom(USR, 'system'), name: text })),
      either: fc.oneof(text, fc.record({ phone: text })),
    });
    const keys = keysFor(...all);
    await fc.assert(
      fc.asyncProperty(shapes, async shape => {
        const stored = JSON.parse(JSON.stringify(sealData(keys, owner, plan, shape)));
        assert.deepEqual(await open(keys, stored), JSON.parse(JSON.stringify(shape)));
      }),
    );
  });

  test('that did not change stay sealed as they are, wherever in a list they move', () => {
    const keys = keysFor(...all);
    const before = { data, stored: sealData(keys, owner, plan, data) };
    const after: Shape = { ...data, title: 'Dr', contacts: data.contacts.toReversed() };
    assert.deepEqual(sealedFor(plan, OWN, after, before), []);
    const stored = sealData(new Map(), owner, plan, after, before) as Shape;
    assert.deepEqual(stored.contacts, (before.stored as Shape).contacts.toReversed());
    assert.deepEqual(sealedFor(plan, OWN, { ...data, email: 'm@lab.example' }, before), [OWN]);
  });

  test('of somebody who was erased are marked in a way that fits the schema, and stay so in later versions', async () => {
    const keys = keysFor(...all);
    const stored = sealData(keys, owner, plan, data);
    for (const person of [OWN, CON[0]]) keys.set(person, null);
    const opened = await open(keys, stored);
    const erased: Shape = {
      ...data,
      email: 'erased@erased.invalid',
      lines: ['[erased]'],
      contacts: [
        { id: CON[0], name: '[erased]' },
        { id: CON[1], name: 'Mona 1' },
      ],
      either: { phone: '[erased]' },
    };
    assert.deepEqual(Shape.parse(opened), erased);
    const next = sealData(
      keys,
      owner,
      plan,
      { ...erased, title: 'X', note: 'new' },
      { data: opened, stored },
    );
    assert.equal((next as Shape).email, `~1.0.${OWN}.email.`);
    assert.equal((next as Shape).note, `~1.0.${OWN}.note.`);
    assert.deepEqual(await open(keys, next), { ...erased, title: 'X', note: '[erased]' });
  });

  test('cannot be moved to another tenant, record, person or field', async () => {
    const keys = keysFor(...all);
    const stored = sealData(keys, owner, plan, data) as Shape;
    // The contacts are left, who are the same people wherever they stand.
    const contactsAlone = { title: stored.title, contacts: stored.contacts };
    assert.deepEqual(await open(keys, contactsAlone), { title: data.title, contacts: data.contacts });
    const moved: readonly (() => Promise<unknown>)[] = [
      () => open(keys, stored, OWN, 'tnt_2'),
      () => open(keys, stored, 'cus_01kapx0000000000000000000b'),
      () => open(keys, contactsAlone, 'cus_01kapx0000000000000000000b'),
      () => open(keys, { ...stored, note: stored.email }),
      () => open(keys, { ...stored, contacts: [{ id: CON[0], name: stored.contacts[1]?.name }] }),
      () => open(keys, { ...stored, email: stored.email?.replace(/.$/, end => (end === 'A' ? 'Q' : 'A')) }),
      () => open(keys, { ...stored, email: 'plain@lab.example' }),
    ];
    for (const attempt of moved) await assert.rejects(attempt());
  });

  test('whose key is not seen yet are asked for later, not taken for erased', async () => {
    const stored = sealData(keysFor(...all), owner, plan, data);
    await assert.rejects(open(new Map(), stored), { code: 'platform.keys_not_visible' });
  });
});

test('a schema that knows nothing personal costs nothing', () => {
  const plain = planOf(z.strictObject({ a: z.array(z.strictObject({ b: z.number() })) }));
  assert.equal(plain, undefined);
  const value = { a: [{ b: 1 }] };
  assert.equal(
    mapPersonal(plain, value, OWN, () => assert.fail()),
    value,
  );
});
