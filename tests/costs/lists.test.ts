import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { defineRecord, metered, newRecordId } from '../../shared/platform/records/index.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { callerOf, openTestProduct } from '../product.ts';

const { platform } = openTestProduct();

const Thing = z.strictObject({ name: z.string(), state: z.enum(['open', 'done']) });
const make = (prefix: string, searchable: boolean) =>
  defineRecord({
    name: `test.${prefix}`,
    prefix,
    home: 'own',
    schema: Thing,
    indexed: ({ state }) => ({ state }),
    sorted: ({ name }) => ({ name }),
    ...(searchable ? { searchable: ({ name }: z.infer<typeof Thing>) => [{ text: name }] } : {}),
    readPermission: 'test.thing:read',
  });
const thing = make('thi', true);
const unsearchable = make('uns', false);

const FEW = 60;
const MANY = 1200;
const NAME = 'Digital external micrometer 293-240-30 71804226 by Mitutoyo';

/** A tenant with so many records. */
async function fill(count: number): Promise<string> {
  const tenant = `tnt_many_${count}_${platform.newKey()}`;
  const records = platform.records.for(callerOf(tenant));
  const numbers = Array.from({ length: count }, (_, index) => index);
  await inParallel(numbers, async index => {
    const id = newRecordId(thing, platform.newKey());
    const data = { name: `${NAME} ${index}`, state: index % 2 === 0 ? 'open' : 'done' };
    await records.scope(id).commit({ action: 'test.thing.made', create: [{ kind: thing, id, data }] });
  });
  return tenant;
}

describe('what lists cost', () => {
  test('is the same among few records and among many: order, filter and search', async () => {
    const [few, many] = await Promise.all([fill(FEW), fill(MANY)]);
    for (const query of [
      { sort: '-createdAt' },
      { sort: 'name' },
      { sort: 'name', where: { state: 'open' } },
      { sort: '-createdAt', search: 'micormeter' },
    ]) {
      const costIn = async (tenant: string): Promise<number> => {
        const list = () => platform.records.for(callerOf(tenant)).list(thing, { ...query, limit: 25 });
        await list();
        const { result, cost } = await metered(list);
        assert.equal(result.items.length, 25);
        return cost.requestUnits;
      };
      const [small, large] = [await costIn(few), await costIn(many)];
      assert.ok(large <= small * 1.2, `${JSON.stringify(query)}: ${small} among few, ${large} among many`);
    }
  });

  test('being found by search adds a bounded part to a write, however long the texts are', async () => {
    const costOf = async (kind: typeof thing, name: string): Promise<number> => {
      const id = newRecordId(kind, platform.newKey());
      const scope = platform.records.for(callerOf('tnt_write_costs')).scope(id);
      const create = [{ kind, id, data: { name, state: 'open' } }];
      const { cost } = await metered(() => scope.commit({ action: 'test.thing.made', create }));
      return cost.requestUnits;
    };
    // The first commit of a tenant makes its keys.
    await costOf(unsearchable, 'first');
    const long = Array.from(
      { length: 60 },
      (_, index) => `word${String.fromCharCode(97 + (index % 26))}${NAME}`,
    );
    const text = long.join(' ').slice(0, 4000);
    // The tenant's keys are made by its first write.
    await costOf(thing, text);
    const addedBy = async (name: string) => (await costOf(thing, name)) - (await costOf(unsearchable, name));
    const [usual, most] = [await addedBy(NAME), await addedBy(text)];
    assert.ok(usual < 12 && most < 45, `${usual} and at most ${most} request units`);
  });
});
