import type { FieldError } from './field-errors.ts';

/** What the HTTP edge answers, and what becomes of a message whose handling met this fault. */
export type FaultRow = {
  readonly status: number;
  /** `never`: asking again cannot help. `later`: the same request may succeed after a while. */
  readonly retry: 'never' | 'later';
};

/** The one error class of the product: a coded refusal with data and without prose. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly fault: FaultRow;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, fault: FaultRow, data: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fault = fault;
    this.data = data;
  }

  /** The rejected fields, when the refusal is about input. */
  get fields(): readonly FieldError[] {
    const fields = this.data['errors'];
    return Array.isArray(fields) ? (fields as readonly FieldError[]) : [];
  }
}

export type FaultRows = Readonly<Record<string, FaultRow>>;

/**
 * Declares a module's ways of saying no. The returned function makes the error to throw; its code is
 * checked by the compiler.
 */
export function defineFaults<const Rows extends FaultRows>(
  rows: Rows,
): ((code: keyof Rows & string, data?: Readonly<Record<string, unknown>>, cause?: unknown) => AppError) & {
  readonly rows: Rows;
} {
  const make = (
    code: keyof Rows & string,
    data?: Readonly<Record<string, unknown>>,
    cause?: unknown,
  ): AppError => {
    const row = rows[code];
    if (row === undefined) throw new Error(`unknown fault code: ${code}`);
    return new AppError(code, row, data, cause);
  };
  return Object.assign(make, { rows });
}
