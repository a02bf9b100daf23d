import type { FaultRows, PermissionTable, Transition } from '../../kernel/index.ts';
import type { Language } from '../../kernel/languages/index.ts';
import type { Endpoint, FieldWordings, Wordings } from '../http/index.ts';
import type { JobDefinition } from '../jobs/index.ts';
import type { RecordKind } from '../records/index.ts';
import type { Feature } from '../tenancy/index.ts';
import type { EventTable } from '../webhooks/index.ts';

/** What each collection of the API is about, by the first part of its path, in the order in which to read them. */
export type Chapters = Readonly<Record<string, string>>;

/** What each permission lets somebody do, as one short sentence in every language. */
export type PermissionWordings = Readonly<Record<Language, Readonly<Record<string, string>>>>;

/** A module as data: all that the rest of the house needs to know of it. */
export type Module = {
  readonly name: string;
  /** The part of a plan that opens its endpoints; none for what everybody has. */
  readonly feature?: Feature;
  readonly records: readonly RecordKind[];
  readonly endpoints: readonly Endpoint[];
  /** One for each collection of its endpoints. */
  readonly chapters: Chapters;
  readonly jobs: readonly JobDefinition[];
  /** Each permission with the roles that hold it. */
  readonly permissions: PermissionTable;
  readonly permissionWordings: PermissionWordings;
  /** Those that nobody may use in another's place: signing, credentials, rights of others. */
  readonly personal?: readonly string[];
  /** The lives of its records, for tables of who may do what. */
  readonly workflows?: Readonly<Record<string, readonly Transition<string, string, never>[]>>;
  /** What subscribers hear of. */
  readonly events: EventTable;
  readonly faults: FaultRows;
  /** Title and detail of each fault, in every language. */
  readonly wordings: Wordings;
  /** What is said of a field that one of its schemas' own rules refuses. */
  readonly fieldWordings: FieldWordings;
};

/** Declares a module. */
export function defineModule(module: Module): Module {
  return module;
}
