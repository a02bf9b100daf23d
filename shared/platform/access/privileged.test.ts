import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PermissionTable } from '../../kernel/index.ts';
import { isPrivileged, isPrivilegedPermission } from './privileged.ts';

const table: PermissionTable = {
  'lab.role:write': ['tenant-owner', 'administrator'],
  'lab.certificate:approve': ['tenant-owner', 'quality-manager'],
  'lab.audit:read': ['tenant-owner', 'administrator'],
  'lab.customer:write': ['tenant-owner', 'administrator', 'sales'],
  'lab.tenants:move': ['operator'],
};

test('a permission is privileged that administers or signs, whatever role has it in the end', () => {
  const privileged = Object.keys(table).filter(one => isPrivilegedPermission(table, one));
  assert.deepEqual(privileged, ['lab.role:write', 'lab.certificate:approve']);
  assert.equal(isPrivilegedPermission(table, 'lab.gold:melt'), false);
});

test('owners, administrators and those who sign are privileged', () => {
  const roles = ['tenant-owner', 'administrator', 'quality-manager', 'manager', 'viewer'];
  assert.deepEqual(roles.filter(isPrivileged), ['tenant-owner', 'administrator', 'quality-manager']);
});
