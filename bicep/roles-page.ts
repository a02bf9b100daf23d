import roles from './roles.json' with { type: 'json' };

type Row = Readonly<Record<string, string>>;

const { assignments, builtIn, custom, database, people } = roles;
const names: Readonly<Record<string, { readonly name: string }>> = { ...builtIn, ...custom };
const rolesOfDatabase: Readonly<Record<string, { readonly name: string }>> = database;

/** The scope of a row, in words. Names of entities are the keys of shared/topology.json. */
const scopes: readonly (readonly [rows: readonly Row[], scope: (row: Row) => string])[] = [
  [assignments.database, row => `container ${row['container']}`],
  [assignments.queues, row => `queue ${row['queue']}`],
  [assignments.topics, row => `topic ${row['topic']}`],
  [assignments.subscriptions, row => `subscription ${row['topic']}/${row['subscription']}`],
  [assignments.namespace, () => 'the Service Bus namespace'],
  [assignments.blobs, row => `blobs ${row['account']}/${row['container']}`],
  [assignments.accounts, row => `storage account ${row['account']}`],
  [assignments.keys, row => `key ${row['key']}`],
  [assignments.secrets, () => 'secrets of the Key Vault'],
  [assignments.telemetry, () => 'Application Insights'],
  [assignments.host, row => `host storage of ${row['storage']}, in each region`],
];

/** The table of every app's roles, as docs/roles.md shows it. */
export function appTable(): string {
  const rows = scopes.flatMap(([list, scope]) =>
    list.map(row => [row['app'] ?? '', scope(row), nameOf(row['role'] ?? ''), row['reason'] ?? '']),
  );
  const ordered = ['api', 'worker', 'render'].flatMap(app => rows.filter(([own]) => own === app));
  return table(['app', 'on', 'role', 'why'], ordered);
}

/** The table of our own roles: what each may do. */
export function roleTable(): string {
  const azure = Object.values(custom).map(({ name, description, actions, dataActions }) => [
    name,
    description,
    [...actions, ...dataActions].map(action => `\`${action}\``).join('<br>'),
  ]);
  const inDatabase = Object.values(database).map(({ name, dataActions }) => [
    name,
    'Inside the database, for one container.',
    dataActions.map(action => `\`${action}\``).join('<br>'),
  ]);
  const ofPeople = Object.values(people).map(({ name, description, actions, notActions, dataActions }) => [
    name,
    description,
    [...actions, ...dataActions, ...notActions.map(action => `not ${action}`)]
      .map(action => `\`${action}\``)
      .join('<br>'),
  ]);
  return table(['role', 'what for', 'may'], [...azure, ...inDatabase, ...ofPeople]);
}

function nameOf(role: string): string {
  const name = names[role]?.name ?? rolesOfDatabase[role]?.name;
  if (name === undefined) throw new Error(`roles.json has no role ${role}`);
  return name;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
