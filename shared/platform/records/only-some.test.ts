import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createPatch } from 'rfc6902';
import * as z from 'zod';
import type { PersonKey } from '../keys/index.ts';
import { asPersonal, saysItIsPerson, valuesAbout } from './about.ts';
import { pastViewOf } from './erased-past.ts';
import { markedPersonal, personsIn, unmarkedIn } from './map-personal.ts';
import { hasOnlyWhen, personalFields, planOf } from './personal-plan.ts';
import { writable } from './prepare-commit.ts';
import { defineRecord } from './record-kind.ts';
import type { Saved } from './saved.ts';
import { openerOf, sealData, withoutErased } from './sealing.ts';

const CUS = 'cus_01kapx0000000000000000000a';
const CON = 'con_01kapx0000000000000000000a';
const SRF = 'srf_01kapx0000000000000000000a';
const personal = { when: 'form', is: 'person' };

const Party = z.strictObject({
  form: z.enum(['organisation', 'person']).optional(),
  name: z.string().meta({ personal }),
  address: z.array(z.string()).meta({ personal }),
  status: z.string(),
  contactId: z.string().optional(),
  contact: z.string().meta({ personal: true, person: 'contactId', kept: 'law' }).optional(),
});
type Party = z.infer<typeof Party>;
const Copy = z
  .strictObject({ customerId: z.string(), customer: Party.nullable() })
  .meta({ person: 'customerId' });

const kindOf = (name: string, prefix: string, schema: z.ZodType) =>
  defineRecord({ name, prefix, home: 'own', schema, indexed: () => ({}), readPermission: 'x:read' });
const parties = kindOf('test.party', 'cus', Party);
const copies = kindOf('test.copy', 'srf', Copy);

const text = fc.string({ unit: 'grapheme' });
const party: fc.Arbitrary<Party> = fc
  .record(
    {
      form: fc.constantFrom('organisation' as const, 'person' as const),
      name: text.map(name => `Zenobia ${name}`),
      address: fc.array(text.map(line => `Zenobia's ${line}`)),
      status: fc.constantFrom('active', 'inactive'),
    },
    { requiredKeys: ['name', 'address', 'status'] },
  )
  .map(made => ({ ...made, contactId: CON, contact: 'Barnaby' }));

function keysFor(...persons: readonly string[]): Map<string, PersonKey> {
  const key = (): PersonKey => ({ current: 1, versions: new Map([[1, randomBytes(32)]]) });
  return new Map(persons.map(person => [person, key()]));
}

function worldOf({ name, schema }: { name: string; schema: z.ZodType }, id: string) {
  const keys = keysFor(CUS, CON, '~common');
  const plan = planOf(schema);
  const owner = { tenant: 'tnt_1', kind: name, id };
  return {
    keys,
    seal: (data: unknown, before?: { data: unknown; stored: unknown }) =>
      JSON.parse(JSON.stringify(sealData(keys, owner, plan, data, before))),
    open: (stored: unknown) =>
      openerOf({ find: async () => keys }, 'tnt_1').data({ name, schema }, id, stored),
  };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const tells = (value: unknown): boolean => JSON.stringify(value).includes('Zenobia');

describe('a value that is personal of some only', () => {
  test('is sealed where what stands beside it says so, else as it is, and comes back as it was', async () => {
    const { seal, open } = worldOf(parties, CUS);
    await fc.assert(
      fc.asyncProperty(party, async data => {
        const stored = seal(data);
        assert.equal(tells(stored), data.form !== 'person');
        assert.equal(JSON.stringify(stored).includes('Barnaby'), false);
        assert.deepEqual(await open(stored), plain(data));
      }),
    );
  });

  test('is sealed and opened by what its own version says, whichever way that was changed', async () => {
    const { seal, open } = worldOf(parties, CUS);
    await fc.assert(
      fc.asyncProperty(fc.array(party, { minLength: 2, maxLength: 5 }), async versions => {
        let before: { data: unknown; stored: unknown } | undefined;
        for (const data of versions) {
          const stored = seal(data, before);
          const patch = before === undefined ? [] : createPatch(before.stored, stored);
          assert.equal(tells(stored), data.form !== 'person');
          if (data.form === 'person') assert.equal(tells(patch), false);
          assert.deepEqual(await open(stored), plain(data));
          before = { data, stored };
        }
      }),
    );
  });

  test('keeps its ciphertext while nothing but something else is changed', () => {
    const { seal } = worldOf(parties, CUS);
    fc.assert(
      fc.property(party, data => {
        const stored = seal(data);
        const after = seal({ ...data, status: 'other' }, { data, stored });
        assert.deepEqual(after, { ...stored, status: 'other' });
      }),
    );
  });

  test('is about whom the record names, and a field beside it about somebody else', () => {
    fc.assert(
      fc.property(party, customer => {
        const data = { customerId: CUS, customer };
        const plan = planOf(Copy);
        const expected = customer.form === 'person' ? [CUS, CON] : [CON];
        assert.deepEqual(personsIn(plan, data, SRF).toSorted(), expected.toSorted());
        const unmarked = unmarkedIn(plan, data, SRF).map(({ path, about }) => [path, about]);
        const open = [
          ['customer/name', CUS],
          ['customer/address', CUS],
        ];
        assert.deepEqual(unmarked, customer.form === 'person' ? [] : open);
        const { own, kept } = valuesAbout({ kind: copies, id: SRF, data }, CUS);
        assert.deepEqual([own, kept], [customer.form === 'person' ? 2 : 0, []]);
        assert.deepEqual(valuesAbout({ kind: copies, id: SRF, data }, CON), { own: 0, kept: ['law'] });
      }),
    );
  });

  test('of a copy from before that was said is marked as its person’s, and erased with them', async () => {
    const { seal, open, keys } = worldOf(copies, SRF);
    keys.set(CUS, null);
    await fc.assert(
      fc.asyncProperty(party, async customer => {
        const data = { customerId: CUS, customer };
        const marked = asPersonal({ kind: copies, id: SRF, data }, CUS);
        assert.deepEqual(marked, { customerId: CUS, customer: { ...customer, form: 'person' } });
        assert.equal(asPersonal({ kind: copies, id: SRF, data: marked }, CUS), marked);
        assert.equal(asPersonal({ kind: copies, id: SRF, data }, CON), data);
        const written = withoutErased(keys, copies, SRF, marked);
        const erased = { ...customer, form: 'person', name: '[erased]', address: ['[erased]'] };
        assert.deepEqual(written, { customerId: CUS, customer: erased });
        const stored = seal(written, { data, stored: seal(data) });
        assert.equal(tells(stored), false);
        assert.deepEqual(await open(stored), plain(written));
      }),
    );
    assert.deepEqual(markedPersonal(planOf(Copy), { customerId: CUS, customer: null }, SRF, CUS), {
      customerId: CUS,
      customer: null,
    });
  });

  test('says of its record whether that is a person', () => {
    fc.assert(
      fc.property(party, data => {
        assert.equal(saysItIsPerson({ kind: parties, id: CUS, data }), data.form === 'person');
        // What is about somebody else says nothing of the record.
        const copy = { customerId: CUS, customer: data };
        assert.equal(saysItIsPerson({ kind: copies, id: SRF, data: copy }), false);
      }),
    );
  });

  test('is hidden in the past of who was erased, in states and in steps, and shown of any other and of a firm', async () => {
    const presents = ['person', 'organisation', 'deleted'] as const;
    await fc.assert(
      fc.asyncProperty(
        ...([party, party, fc.constantFrom(...presents), fc.boolean()] as const),
        async (first, second, present, isErased) => {
          const erased = async (of: Iterable<string>) =>
            new Set([...of].filter(person => isErased && person === CUS));
          const now = present === 'deleted' ? null : { ...second, form: present };
          const view = await pastViewOf({ erased }, { kind: parties, id: CUS, data: now });
          const born = createPatch({ data: null }, { data: plain(first) });
          const steps = createPatch({ data: plain(first) }, { data: plain(second) });
          const shown = [view.data(first), view.steps(born), view.steps(steps)];
          if (isErased && present !== 'organisation') assert.equal(tells(shown), false);
          else assert.deepEqual(shown, [first, born, steps]);
          assert.equal(JSON.stringify(shown).includes('Barnaby'), true);
          const copy = (customer: Party | null) => ({ customerId: CUS, customer });
          const other = await pastViewOf({ erased }, { kind: copies, id: SRF, data: copy(now) });
          const changed = createPatch({ data: plain(copy(first)) }, { data: plain(copy(second)) });
          const told = [other.data(copy(first)), other.steps(changed)];
          if (isErased && present === 'person') assert.equal(tells(told), false);
          else assert.deepEqual(told, [copy(first), changed]);
        },
      ),
    );
  });

  test('does not say of somebody who was erased that they are nobody, nor that somebody was erased who was not', () => {
    const marked = (form: Party['form'], name = '[erased]'): Party => ({
      ...{ form, name, address: ['1 Lane'], status: 'active' },
    });
    const commit = (before: Party, data: Party, key: PersonKey) => () =>
      writable(
        {
          action: 'test.changed',
          update: [{ record: { kind: parties, id: CUS, data: before } as Saved<unknown>, data }],
        },
        new Map([[CUS, key]]),
      );
    const [alive] = keysFor(CUS).values();
    const code =
      (code: string, pointer: string) =>
      (error: { code: string; data: { errors: { pointer: string }[] } }) => {
        assert.deepEqual([error.code, error.data.errors.map(each => each.pointer)], [code, [pointer]]);
        return true;
      };
    const [erased, firm] = [marked('person'), marked('organisation')];
    assert.throws(commit(erased, firm, null), code('platform.person_erased', '#/form'));
    assert.throws(
      commit(erased, { ...firm, form: undefined }, null),
      code('platform.person_erased', '#/form'),
    );
    const named = marked('person', 'Zenobia');
    assert.throws(commit(named, erased, alive ?? null), code('platform.text_reserved', '#/name'));
    assert.throws(commit(firm, erased, alive ?? null), code('platform.text_reserved', '#/name'));
    assert.throws(commit(erased, named, null), code('platform.person_erased', '#/name'));
    for (const [before, data, key] of [
      [erased, erased, null],
      // Read before the erasure, written after it.
      [named, named, null],
      [erased, erased, alive ?? null],
      [named, marked('organisation', 'Zenobia'), alive ?? null],
      [firm, firm, alive ?? null],
    ] as const)
      assert.doesNotThrow(commit(before, data, key));
  });

  test('is in the register with when it is personal', () => {
    const rows = personalFields(copies).map(({ path, about, kept, when }) => [path, about, kept, when]);
    assert.deepEqual(rows, [
      ['customer.name', 'customerId', '', 'customer.form is person'],
      ['customer.address', 'customerId', '', 'customer.form is person'],
      ['customer.contact', 'customer.contactId', 'law', undefined],
    ]);
    assert.equal(hasOnlyWhen(planOf(Copy)), true);
    assert.equal(hasOnlyWhen(planOf(z.strictObject({ a: z.string().meta({ personal: true }) }))), false);
  });
});
