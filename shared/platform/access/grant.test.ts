import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type GrantData, permissionsGranted } from './grant.ts';

const now = '2026-06-01T12:00:00.000Z';
const root = { id: 'srf_1', scope: 'srf_1' };
const grant: GrantData = {
  record: 'srf_1',
  to: { user: 'usr_1' },
  permissions: ['lab.srf:read'],
  reason: 'A question.',
  expiresAt: '2026-06-01T12:00:00.001Z',
  maker: 'usr_2',
};

describe('a grant on one record', () => {
  test('lets the person it names, or who holds the role, do what it says', () => {
    assert.deepEqual(permissionsGranted([grant], { user: 'usr_1', roles: [] }, root, now), ['lab.srf:read']);
    assert.deepEqual(permissionsGranted([grant], { user: 'usr_9', roles: ['viewer'] }, root, now), []);
    const toRole: GrantData = { ...grant, to: { role: 'viewer' } };
    assert.deepEqual(permissionsGranted([toRole], { user: 'usr_9', roles: ['viewer'] }, root, now), [
      'lab.srf:read',
    ]);
  });

  test('ends at its instant', () => {
    const over = { ...grant, expiresAt: now };
    assert.deepEqual(permissionsGranted([over], { user: 'usr_1', roles: [] }, root, now), []);
  });

  test('on a root covers what lives in its scope; on a part it covers that part', () => {
    const part = { id: 'obs_srf_1_1', scope: 'srf_1' };
    const other = { id: 'obs_srf_1_2', scope: 'srf_1' };
    const person = { user: 'usr_1', roles: [] };
    assert.equal(permissionsGranted([grant], person, part, now).length, 1);
    const ofPart = { ...grant, record: part.id };
    assert.equal(permissionsGranted([ofPart], person, part, now).length, 1);
    assert.equal(permissionsGranted([ofPart], person, other, now).length, 0);
    assert.equal(permissionsGranted([ofPart], person, root, now).length, 0);
  });
});
