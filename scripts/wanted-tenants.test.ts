import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laboratoryTenant } from './demo-data/tenants.ts';
import { WantedTenants } from './wanted-tenants.ts';

const wanted = (id: string) => WantedTenants.safeParse([{ tenant: { ...laboratoryTenant, id }, people: [] }]);

test('a tenant is wanted under an id of the form that every id has, and no other', () => {
  assert.equal(wanted('tnt_01kb0000000000000000000001').success, true);
  for (const id of [
    'tnt_northgate',
    'tnt_01kb000000000000000000000',
    'tnt_01kb000000000000000000000u',
    'srf_01kb0000000000000000000001',
  ]) {
    const { error } = wanted(id);
    assert.match(error?.message ?? '', /tnt_ and 26 digits and small letters/, id);
  }
});
