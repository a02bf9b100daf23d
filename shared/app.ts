import type { FaultRows, PermissionTable } from './kernel/index.ts';
import { type Language, languages } from './kernel/languages/index.ts';
import { calibrationModule } from './modules/calibration/index.ts';
import { type PlatformModuleOptions, type ProblemEntry, platformModule } from './platform/endpoints/index.ts';
import type { Endpoint, FieldWordings, Wordings } from './platform/http/index.ts';
import type { JobDefinition } from './platform/jobs/index.ts';
import type { Chapters, Module, PermissionWordings } from './platform/module/index.ts';
import type { RecordKind } from './platform/records/index.ts';
import type { EventTable } from './platform/webhooks/index.ts';

/** The product: every module's part of every table, joined. */
export type App = {
  readonly modules: readonly Module[];
  readonly endpoints: readonly Endpoint[];
  readonly kinds: readonly RecordKind[];
  readonly jobs: readonly JobDefinition[];
  readonly permissions: PermissionTable;
  readonly permissionWordings: PermissionWordings;
  readonly personal: ReadonlySet<string>;
  readonly wordings: Wordings;
  readonly fieldWordings: FieldWordings;
  readonly events: EventTable;
  readonly chapters: Chapters;
  /** Every way to say no, by its code. */
  readonly faults: FaultRows;
};

/** The one place where modules meet. Adding a module is adding it to this list. */
export function makeApp(options: PlatformModuleOptions): App {
  const modules: readonly Module[] = [
    platformModule(
      options,
      () => app,
      language => problemsOf(modules, language),
    ),
    calibrationModule,
  ];
  const app: App = {
    modules,
    endpoints: modules.flatMap(endpointsOf).map(closedToLimited(modules.flatMap(({ records }) => records))),
    kinds: modules.flatMap(module => module.records),
    jobs: modules.flatMap(module => module.jobs),
    permissions: Object.assign({}, ...modules.map(module => module.permissions)) as PermissionTable,
    permissionWordings: byLanguage(modules.map(module => module.permissionWordings)),
    personal: new Set(modules.flatMap(module => module.personal ?? [])),
    wordings: byLanguage(modules.map(module => module.wordings)),
    fieldWordings: byLanguage(modules.map(module => module.fieldWordings)),
    events: Object.assign({}, ...modules.map(module => module.events)) as EventTable,
    chapters: Object.assign({}, ...modules.map(module => module.chapters)) as Chapters,
    faults: Object.assign({}, ...modules.map(module => module.faults)) as FaultRows,
  };
  return app;
}

/** What a plan opens is the module as a whole; strangers who verify a certificate ask for no plan. */
function endpointsOf({ endpoints, feature }: Module): readonly Endpoint[] {
  if (feature === undefined) return endpoints;
  return endpoints.map(endpoint =>
    typeof endpoint.access === 'object' ? { ...endpoint, feature } : endpoint,
  );
}

/**
 * Closes what is about kinds that concern the tenant as a whole to whoever is limited to branches: reading and writing, lists
 * and single records, by the one declaration of the kind.
 */
function closedToLimited(kinds: readonly RecordKind[]): (endpoint: Endpoint) => Endpoint {
  const subjects = new Set(
    kinds.filter(({ wholeTenant }) => wholeTenant === true).map(kind => subjectOf(kind.readPermission)),
  );
  return endpoint => {
    const { access } = endpoint;
    if (typeof access !== 'object' || !subjects.has(subjectOf(access.permission))) return endpoint;
    return { ...endpoint, wholeTenant: true };
  };
}

/** `platform.webhook:read` → `platform.webhook`. */
function subjectOf(permission: string): string {
  return permission.slice(0, permission.indexOf(':'));
}

function byLanguage<Text>(
  tables: readonly Readonly<Record<Language, Readonly<Record<string, Text>>>>[],
): Readonly<Record<Language, Readonly<Record<string, Text>>>> {
  const joined = languages.map(language => [
    language,
    Object.assign({}, ...tables.map(table => table[language])),
  ]);
  return Object.fromEntries(joined) as Record<Language, Record<string, Text>>; // one entry for each language
}

/** Every refusal that any module knows, for the catalogue of problems. */
export function problemsOf(
  modules: readonly Module[],
  language: Language,
): ReadonlyMap<string, ProblemEntry> {
  return new Map(
    modules.flatMap(({ faults, wordings }) =>
      Object.entries(faults).map(([code, { status, retry }]) => {
        const [title, detail] = wordings[language][code] ?? [code, ''];
        return [code, { title, detail, status, retryable: retry === 'later' }] as const;
      }),
    ),
  );
}
