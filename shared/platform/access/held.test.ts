import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PermissionTable } from '../../kernel/index.ts';
import { permissionsHeld } from './held.ts';

const table: PermissionTable = {
  'platform.self:read': ['tenant-owner', 'technician'],
  'lab.note:read': ['technician'],
  'lab.note:write': ['tenant-owner'],
};
const own = `rol_${'1'.repeat(26)}`;

describe('what somebody may', () => {
  test('is what all of their roles together give', () => {
    const custom = new Map([[own, ['lab.note:write']]]);
    const held = permissionsHeld(table, custom, ['technician', own]);
    assert.deepEqual([...held].sort(), ['lab.note:read', 'lab.note:write', 'platform.self:read']);
  });

  test('with a role of the tenant’s own alone, includes what is everybody’s own', () => {
    const held = permissionsHeld(table, new Map([[own, ['lab.note:read']]]), [own]);
    assert.deepEqual([...held].sort(), ['lab.note:read', 'platform.self:read']);
  });

  test('is nothing by a role that is gone, or by a permission that there is no more', () => {
    assert.equal(permissionsHeld(table, new Map(), [own]).has('lab.note:read'), false);
    const held = permissionsHeld(table, new Map([[own, ['lab.gone:read']]]), [own]);
    assert.equal(held.has('lab.gone:read'), false);
  });

  test('is another thing as soon as the roles were read anew', () => {
    const before = new Map([[own, ['lab.note:read']]]);
    const after = new Map([[own, ['lab.note:write']]]);
    assert.ok(permissionsHeld(table, before, [own]).has('lab.note:read'));
    assert.ok(!permissionsHeld(table, after, [own]).has('lab.note:read'));
  });
});
