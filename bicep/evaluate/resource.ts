import { typedPath } from './functions.ts';
import { type Scope, SUBSCRIPTION, scopeId } from './scope.ts';
import { isRecord, Later, memberOf, type Named } from './values.ts';

type Body = Readonly<Record<string, unknown>>;

/** One resource of a deployment. */
export class Resource implements Named {
  readonly type: string;
  readonly version: string;
  readonly file: string;
  readonly #scope: Scope;
  readonly #make: () => Body;
  #made: Body | undefined;

  constructor(typeText: string, file: string, scope: Scope, make: () => Body) {
    const [type = '', version = ''] = typeText.split('@');
    this.type = type;
    this.version = version;
    this.file = file;
    this.#scope = scope;
    this.#make = make;
  }

  get body(): Body {
    this.#made ??= this.#make();
    return this.#made;
  }

  /** Names of parents and its own, joined by slashes. */
  get fullName(): string {
    const { parent, name } = this.body;
    return parent instanceof Resource ? `${parent.fullName}/${String(name)}` : String(name);
  }

  /** What an extension, such as a role assignment, is about. */
  get target(): Resource | undefined {
    const { scope } = this.body;
    return scope instanceof Resource ? scope : undefined;
  }

  get id(): string {
    if (this.type === 'Microsoft.Resources/resourceGroups')
      return `${SUBSCRIPTION}/resourceGroups/${this.fullName}`;
    const { parent } = this.body;
    if (parent instanceof Resource) return `${parent.id}/${this.type.split('/').at(-1)}/${this.body['name']}`;
    return `${this.target?.id ?? scopeId(this.#scope)}${typedPath(this.type, [this.fullName])}`;
  }

  /** The body with everything that is known now; the rest as `<path>`. */
  get content(): Record<string, unknown> {
    const { parent: _parent, scope: _scope, dependsOn: _dependsOn, ...own } = this.body;
    return JSON.parse(JSON.stringify(own));
  }

  /** The resources that it waits for by its `dependsOn`. */
  get dependsOn(): readonly Resource[] {
    return [this.body['dependsOn'] ?? []].flat(2).filter(one => one instanceof Resource);
  }

  get properties(): Record<string, unknown> {
    const { properties } = this.content;
    return isRecord(properties) ? properties : {};
  }

  member(name: string): unknown {
    if (name === 'id') return this.id;
    if (name === 'name' || name === 'location') return this.body[name];
    const known = memberOf(this.body, name, true);
    return new Partly(isRecord(known) ? known : {}, `${this.id}.${name}`);
  }
}

/** Properties of a resource: those of the template are known, all others come later. */
class Partly implements Named {
  readonly #known: Body;
  readonly #path: string;

  constructor(known: Body, path: string) {
    this.#known = known;
    this.#path = path;
  }

  member(name: string): unknown {
    return this.#known[name] ?? new Later(`${this.#path}.${name}`);
  }
}
