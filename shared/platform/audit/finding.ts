/** Something that is not as it was written: a change, a record's chain or state, or the anchor of a day. */
export type Finding = {
  readonly what: 'change' | 'record' | 'anchor';
  readonly id: string;
  readonly why: string;
};
