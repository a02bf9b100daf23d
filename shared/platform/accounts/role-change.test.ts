import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideUserChange, losesOwner } from './role-change.ts';

const technician = { roles: ['technician' as const], status: 'active' as const };
const owner = { roles: ['tenant-owner' as const], status: 'active' as const };
const administrator = { isTarget: false, grantsPrivileged: false };
const anOwner = { isTarget: false, grantsPrivileged: true };

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

  test('of oneself is never one of roles or status', () => {
    const self = { isTarget: true, grantsPrivileged: true };
    assert.equal(decideUserChange(owner, { roles: ['viewer'] }, self)?.code, 'platform.user_own');
    assert.equal(decideUserChange(owner, { status: 'disabled' }, self)?.code, 'platform.user_own');
    assert.equal(decideUserChange(owner, { name: 'Another name' }, self), undefined);
  });

  test('takes an owner away when the role or the person goes', () => {
    assert.equal(losesOwner(owner, { roles: ['viewer'] }), true);
    assert.equal(losesOwner(owner, { status: 'disabled' }), true);
    assert.equal(losesOwner(owner, { name: 'Another name' }), false);
    assert.equal(losesOwner(technician, { status: 'disabled' }), false);
  });
});
