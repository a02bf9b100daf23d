import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPrivileged } from '../access/index.ts';
import { decideUserChange, losesOwner } from './role-change.ts';

const technician = { roles: ['technician' as const], status: 'active' as const };
const owner = { roles: ['tenant-owner' as const], status: 'active' as const };
const administrator = {
  isTarget: false,
  mayGive: (role: string) => !isPrivileged(role),
  branches: undefined,
};
const anOwner = { isTarget: false, mayGive: () => true, branches: undefined };

describe('a change of a person', () => {
  test('to a role that signs, administers or owns is for owners', () => {
    for (const role of ['tenant-owner', 'administrator', 'quality-manager'] as const) {
      const change = { roles: [role] };
      assert.deepEqual(decideUserChange(technician, change, administrator), {
        code: 'platform.role_privileged',
        roles: [role],
      });
      assert.equal(decideUserChange(technician, change, anOwner), undefined);
    }
    assert.equal(decideUserChange(technician, { roles: ['sales'] }, administrator), undefined);
  });

  test('who is above the one who asks is for owners, whatever is changed', () => {
    for (const change of [{ status: 'disabled' as const }, { roles: ['viewer' as const] }, { name: 'X' }])
      assert.equal(decideUserChange(owner, change, administrator)?.code, 'platform.role_privileged');
  });

  test('needs that one may give every role that the person has and would get', () => {
    const mayGive = (role: string) => role !== 'rol_beyond';
    const beyond = { code: 'platform.role_privileged', roles: ['rol_beyond'] };
    const actor = { isTarget: false, mayGive, branches: undefined };
    assert.deepEqual(decideUserChange(technician, { roles: ['rol_beyond', 'viewer'] }, actor), beyond);
    const holder = { roles: ['rol_beyond'], status: 'active' as const };
    assert.deepEqual(decideUserChange(holder, { status: 'disabled' }, actor), beyond);
    assert.equal(decideUserChange(technician, { roles: ['rol_within'] }, actor), undefined);
  });

  test('of oneself is never one of roles or status', () => {
    const self = { isTarget: true, mayGive: () => true, branches: undefined };
    assert.equal(decideUserChange(owner, { roles: ['viewer'] }, self)?.code, 'platform.user_own');
    assert.equal(decideUserChange(owner, { status: 'disabled' }, self)?.code, 'platform.user_own');
    assert.equal(decideUserChange(owner, { name: 'Another name' }, self), undefined);
  });

  test('by somebody who is limited to branches is one of people of these, who stay limited to them', () => {
    const [east, west] = [`brn_${'1'.repeat(26)}`, `brn_${'2'.repeat(26)}`];
    const actor = { ...administrator, branches: new Set([east]) };
    const beyond = { code: 'platform.branches_beyond' };
    const here = { ...technician, branches: [east] };
    assert.deepEqual(decideUserChange(undefined, { roles: ['viewer'] }, actor), beyond);
    assert.deepEqual(decideUserChange(undefined, { roles: ['viewer'], branches: [west] }, actor), beyond);
    assert.deepEqual(decideUserChange(technician, { status: 'disabled' }, actor), beyond);
    assert.deepEqual(
      decideUserChange({ ...technician, branches: [west] }, { branches: [east] }, actor),
      beyond,
    );
    assert.deepEqual(decideUserChange(here, { branches: null }, actor), beyond);
    assert.equal(decideUserChange(undefined, { roles: ['viewer'], branches: [east] }, actor), undefined);
    assert.equal(decideUserChange(here, { status: 'disabled' }, actor), undefined);
  });

  test('limits no owner to branches', () => {
    const unfit = { code: 'platform.branches_unfit' };
    const branches = [`brn_${'1'.repeat(26)}`];
    assert.deepEqual(decideUserChange(owner, { branches }, anOwner), unfit);
    assert.deepEqual(
      decideUserChange({ ...technician, branches }, { roles: ['tenant-owner'] }, anOwner),
      unfit,
    );
    assert.equal(decideUserChange(technician, { branches }, anOwner), undefined);
  });

  test('takes an owner away when the role or the person goes', () => {
    assert.equal(losesOwner(owner, { roles: ['viewer'] }), true);
    assert.equal(losesOwner(owner, { status: 'disabled' }), true);
    assert.equal(losesOwner(owner, { name: 'Another name' }), false);
    assert.equal(losesOwner(technician, { status: 'disabled' }), false);
  });
});
