/** Which changes of a scope, in which order, from where. */
export type ChangesQuery = {
  /** Only those that touched the record with this id. */
  readonly touching?: string | undefined;
  /** Only those of commits with this action. */
  readonly action?: string | undefined;
  readonly order?: 'oldest' | 'newest' | undefined;
  /** The `at` of the change before the first one wanted. */
  readonly after?: string | undefined;
};
