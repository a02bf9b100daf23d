import { dirname, join } from 'node:path';
import { Environment } from './environment.ts';
import { type Declaration, parseFile, type Turn } from './file.ts';
import { Resource } from './resource.ts';
import type { Scope } from './scope.ts';
import { isRecord, memberOf, type Named } from './values.ts';

type Values = Readonly<Record<string, unknown>>;

/** What a parameter file would deploy. */
export type Deployment = { readonly resources: readonly Resource[]; readonly outputs: Values };

/**
 * Evaluates a `.bicepparam` file and the templates below it, as Azure would up to the first call of a provider. It is a
 * reader for tests: the parts of Bicep that these templates use, no types, no checks of what Azure allows. Values in
 * `instead` stand in for those of the parameter file.
 */
export function deploy(parameters: string, instead: Values = {}): Deployment {
  const declarations = parseFile(parameters);
  const environment = new Environment();
  environment.declare('$folder', () => dirname(parameters));
  environment.declare('$scope', (): Scope => ({ group: undefined }));
  for (const own of declarations) {
    if (own.kind === 'param') environment.declare(own.name, () => own.fallback?.(environment));
  }
  const using = declarations.find(own => own.kind === 'using');
  if (using === undefined) throw new Error(`${parameters} does not say what it is for`);
  const given = declarations.flatMap(own =>
    own.kind === 'param' ? [[own.name, environment.get(own.name)]] : [],
  );
  const values = { ...Object.fromEntries(given), ...instead };
  const file = new File(join(dirname(parameters), using.path), { group: undefined }, values);
  return { resources: file.resources(), outputs: file.outputs() };
}

/** A template with its parameters: what a module is. */
class File implements Named {
  readonly #path: string;
  readonly #scope: Scope;
  readonly #environment = new Environment();
  readonly #declarations: readonly Declaration[];
  readonly #isDeployed: boolean;

  constructor(path: string, scope: Scope, given: Values, isDeployed = true) {
    this.#path = path;
    this.#scope = scope;
    this.#declarations = parseFile(path);
    this.#isDeployed = isDeployed;
    this.#environment.declare('$folder', () => dirname(path));
    this.#environment.declare('$scope', () => scope);
    if (isDeployed) this.#refuseUnknown(given);
    for (const own of this.#declarations) this.#declare(own, given);
  }

  resources(): readonly Resource[] {
    if (!this.#isDeployed) return [];
    return this.#declarations.flatMap(own => {
      if (own.kind !== 'resource' && own.kind !== 'module') return [];
      if (own.kind === 'resource' && own.existing) return [];
      const turns = [own.turns(this.#environment)].flat() as Turn[];
      const made = [this.#environment.get(own.name)].flat() as (Resource | File)[];
      return made.flatMap((one, index) => {
        if (turns[index]?.isDeployed() !== true) return [];
        return one instanceof File ? one.resources() : [one];
      });
    });
  }

  outputs(): Values {
    return Object.fromEntries(
      this.#declarations.flatMap(own =>
        own.kind === 'output' ? [[own.name, this.#environment.get(`output ${own.name}`)]] : [],
      ),
    );
  }

  member(name: string): unknown {
    if (name !== 'outputs') throw new Error(`${this.#path} is asked for its ${name}`);
    const outputs: Named = { member: output => this.#environment.get(`output ${output}`) };
    return outputs;
  }

  #refuseUnknown(given: Values): void {
    const params = this.#declarations.filter(own => own.kind === 'param');
    const unknown = Object.keys(given).filter(name => !params.some(own => own.name === name));
    const missing = params.filter(own => own.fallback === undefined && !(own.name in given));
    if (unknown.length + missing.length > 0)
      throw new Error(`${this.#path}: unknown ${unknown}, missing ${missing.map(own => own.name)}`);
  }

  #declare(own: Declaration, given: Values): void {
    const environment = this.#environment;
    switch (own.kind) {
      case 'param':
        environment.declare(own.name, () =>
          own.name in given ? given[own.name] : own.fallback?.(environment),
        );
        break;
      case 'var':
        environment.declare(own.name, () => own.value(environment));
        break;
      case 'output':
        environment.declare(`output ${own.name}`, () => own.value(environment));
        break;
      case 'import': {
        const source = new File(join(dirname(this.#path), own.path), this.#scope, {}, false);
        for (const name of own.names) environment.declare(name, () => source.#environment.get(name));
        break;
      }
      case 'resource':
        environment.declare(own.name, () =>
          this.#each(own.turns(environment), turn => this.#resource(own.type, turn)),
        );
        break;
      case 'module':
        environment.declare(own.name, () =>
          this.#each(own.turns(environment), turn => this.#module(own.path, turn)),
        );
        break;
      case 'using':
        throw new Error(`${this.#path} is no parameter file`);
    }
  }

  #each(turns: unknown, make: (turn: Turn) => unknown): unknown {
    return Array.isArray(turns) ? turns.map((turn: Turn) => make(turn)) : make(turns as Turn);
  }

  #resource(type: string, turn: Turn): Resource {
    return new Resource(type, this.#path, this.#scope, turn.body);
  }

  #module(path: string, turn: Turn): File {
    const isDeployed = turn.isDeployed();
    const { params, scope } = isDeployed ? turn.body() : {};
    const inner = isRecord(params) ? params : {};
    const group = scope === undefined || scope === null ? this.#scope.group : String(memberOf(scope, 'name'));
    return new File(join(dirname(this.#path), path), { group }, inner, isDeployed);
  }
}
