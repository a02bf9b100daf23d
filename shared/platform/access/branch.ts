import * as z from 'zod';
import { type Caller, defineFaults } from '../../kernel/index.ts';
import { defineRecord } from '../records/index.ts';
import { lineText } from '../texts/index.ts';

/** A place where a tenant works. People, keys and clients can be limited to some of them. */
export const Branch = z.strictObject({
  name: lineText(120),
  address: z.array(lineText(200)).max(8),
  status: z.enum(['active', 'inactive']),
});
export type BranchData = z.infer<typeof Branch>;

export const BranchId = z
  .string()
  .length(30)
  .regex(/^brn_[0-9a-hjkmnp-tv-z]{26}$/);

/** Never deleted, since what was done there stays; deactivated instead. */
export const branchKind = defineRecord<BranchData>({
  name: 'platform.branch',
  prefix: 'brn',
  home: 'own',
  schema: Branch,
  indexed: ({ status }) => ({ status }),
  sorted: ({ name }) => ({ name }),
  searchable: ({ name, address }) => [{ text: name }, { text: address.at(-1) }],
  branch: (_data, id) => id,
  readPermission: 'platform.branch:read',
});

/** To how many branches somebody can be limited. */
export const MOST_BRANCHES = 20;

export const branchFault = defineFaults({
  'platform.branch_missing': { status: 422, retry: 'never' },
  'platform.branch_unknown': { status: 422, retry: 'never' },
  'platform.branches_unfit': { status: 422, retry: 'never' },
  'platform.branches_beyond': { status: 403, retry: 'never' },
});

/**
 * The same person as if they were not limited: for finding somebody whom they name and nothing else, since work is given to and
 * records are shared with people of other branches, too.
 */
export function regardlessOfBranches(caller: Caller): Caller {
  return { ...caller, branches: undefined };
}

/**
 * The branch of something new: the one that is wished for, else the only one of who makes it. Who is limited to several must
 * say which; who is not may leave it open. Whether they may is decided where it is written.
 */
export function branchFor(
  { branches }: Pick<Caller, 'branches'>,
  wished: string | undefined,
): string | undefined {
  if (wished !== undefined || branches === undefined) return wished;
  const [only] = branches;
  if (branches.size !== 1) throw branchFault('platform.branch_missing');
  return only;
}
