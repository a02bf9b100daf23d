/** What fills the places of a sentence about a field: limits, names of types, what is allowed. */
export type FieldData = Readonly<Record<string, string | number>>;

/** One rejected field. What it says to people is worded where a problem is written, by its code. */
export type FieldError = {
  /** RFC 6901 as a URI fragment. */
  readonly pointer: string;
  readonly code: string;
  readonly data?: FieldData;
};

/** The rule of a schema's own check, by the code that its refusal has: `.refine(isUnit, rule('unit_unknown'))`. */
export function rule(
  code: string,
  data: FieldData = {},
): { readonly params: Readonly<Record<string, unknown>> } {
  return { params: { code, data } };
}
