import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deafFilters, lets, recordEvents } from './event-catalogue.ts';

const catalogue = recordEvents('calibration.customer', 'A customer', 'created', 'rolled_back');

test('events of a kind are named after what became of it', () => {
  assert.deepEqual(Object.keys(catalogue), [
    'calibration.customer.created',
    'calibration.customer.rolled_back',
  ]);
});

test('a filter takes its own type, or all below its prefix, and nothing that only begins alike', () => {
  assert.equal(lets('calibration.*', 'calibration.customer.created'), true);
  assert.equal(lets('calibration.customer.created', 'calibration.customer.created'), true);
  assert.equal(lets('*', 'anything.at.all'), true);
  assert.equal(lets('calibration.cust', 'calibration.customer.created'), false);
  assert.equal(lets('calibration.cust.*', 'calibration.customer.created'), false);
});

test('filters that can never hear anything are found by their places', () => {
  const filters = ['*', 'calibration.customers.created', 'calibration.customer.*', 'retail.*'];
  assert.deepEqual(deafFilters(filters, catalogue), [1, 3]);
});
