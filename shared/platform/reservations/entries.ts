/** Shapes of what stands in container `reservations`, in the partition `[tenantId, register]`. */
export type HeadEntry = {
  readonly id: 'head';
  readonly tenantId: string;
  readonly register: string;
  readonly type: 'head';
  /** The next number to give. */
  readonly next: number;
};

export type NumberState = 'reserved' | 'assigned' | 'void';

/** One number of a register: it belongs to a document or is voided with a reason. */
export type NumberEntry = {
  readonly id: string;
  readonly tenantId: string;
  readonly register: string;
  readonly type: 'number';
  readonly sequence: number;
  /** As it was written when it was given. */
  readonly number: string;
  readonly state: NumberState;
  readonly owner: string;
  /** The scope that holds, or would hold, the document. */
  readonly ownerScope: string;
  readonly reservedAt: string;
  readonly expiresAt: string;
  readonly reason: string | null;
};

/** Which number a document has, so that asking again gives the same. */
export type OwnerEntry = {
  readonly id: string;
  readonly tenantId: string;
  readonly register: string;
  readonly type: 'owner';
  readonly sequence: number;
  readonly number: string;
};

/** The item id of a number. */
export function numberId(sequence: number): string {
  return `number:${String(sequence).padStart(9, '0')}`;
}

/** The item id of a document's pointer to its number. */
export function ownerId(document: string): string {
  return `owner:${document}`;
}

/**
 * The claim that a document's commit takes in its own scope. Whoever takes it first decides whether the number
 * belongs to the document or is void, so a slow commit can never use a number that was given up.
 */
export function fenceId(register: string, sequence: number): string {
  return `fence:${register}:${sequence}`;
}
