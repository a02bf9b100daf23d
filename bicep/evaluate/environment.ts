/** The names that an expression sees. Values are made when first asked for, so the order of declarations does not matter. */
export class Environment {
  readonly #own = new Map<string, () => unknown>();
  readonly #outer: Environment | undefined;

  constructor(outer?: Environment) {
    this.#outer = outer;
  }

  /** Declares a name whose value is made at most once. */
  declare(name: string, make: () => unknown): void {
    let made: { readonly value: unknown } | undefined;
    let isBusy = false;
    this.#own.set(name, () => {
      if (made !== undefined) return made.value;
      if (isBusy) throw new Error(`${name} depends on itself`);
      isBusy = true;
      made = { value: make() };
      return made.value;
    });
  }

  /** A smaller scope with these values besides. */
  with(values: Readonly<Record<string, unknown>>): Environment {
    const inner = new Environment(this);
    for (const [name, value] of Object.entries(values)) inner.declare(name, () => value);
    return inner;
  }

  has(name: string): boolean {
    return this.#own.has(name) || (this.#outer?.has(name) ?? false);
  }

  get(name: string): unknown {
    const own = this.#own.get(name);
    if (own !== undefined) return own();
    if (this.#outer === undefined) throw new Error(`there is no ${name}`);
    return this.#outer.get(name);
  }
}

/** An expression, ready to be evaluated. */
export type Expression = (environment: Environment) => unknown;
