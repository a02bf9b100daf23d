import type { App } from '../../shared/app.ts';
import { permissionsOf, type Role, roles } from '../../shared/kernel/index.ts';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';

/** The two letters that stand for each role at the head of its column. */
export const letters: Readonly<Record<Role, string>> = {
  operator: 'op',
  'operator-auditor': 'oa',
  'tenant-owner': 'ow',
  administrator: 'ad',
  'quality-manager': 'qm',
  manager: 'mg',
  technician: 'te',
  sales: 'sa',
  accountant: 'ac',
  'report-author': 'ra',
  integrator: 'in',
  viewer: 'vi',
};

/** What becomes of a request in a suspended tenant: as ever, for administrators alone, or not at all. */
export type Suspended = 'served' | 'administrators' | 'refused' | 'no tenant';

/** One row of the matrix: who may call an endpoint. */
export type MatrixRow = {
  readonly id: string;
  /** `GET /api/v1/srfs/:id` */
  readonly request: string;
  /** A permission, `public`, `platform` or `operator`. */
  readonly access: string;
  readonly roles: readonly Role[];
  readonly suspended: Suspended;
  /** Also on the operators' own host, for operators. */
  readonly hosts: 'tenant' | 'operators' | 'both';
};

/** Every endpoint with who may call it, as the table says. Pure. */
export function matrixOf(app: Pick<App, 'endpoints' | 'permissions'>): readonly MatrixRow[] {
  return app.endpoints
    .map(endpoint => rowOf(app, endpoint))
    .toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

function rowOf({ permissions }: Pick<App, 'permissions'>, endpoint: Endpoint): MatrixRow {
  const { id, method, access, whileSuspended, alsoForOperators, onPlatformHost } = endpoint;
  const needed = neededPermission(endpoint);
  const isOperators = access === 'operator' || onPlatformHost === true;
  return {
    id,
    request: `${method} ${fullPath(endpoint)}`,
    access: typeof access === 'object' ? access.permission : access,
    roles:
      needed === undefined ? roles : roles.filter(role => permissionsOf(permissions, [role]).has(needed)),
    suspended:
      access === 'platform' || isOperators
        ? 'no tenant'
        : whileSuspended === true
          ? 'served'
          : method === 'GET' && typeof access === 'object'
            ? 'administrators'
            : 'refused',
    hosts: isOperators ? 'operators' : alsoForOperators === true ? 'both' : 'tenant',
  };
}

function neededPermission({ access, method }: Endpoint): string | undefined {
  if (typeof access === 'object') return access.permission;
  if (access !== 'operator') return undefined;
  return method === 'GET' ? 'platform.oversee' : 'platform.operate';
}

const COLUMNS = ['endpoint', 'request', 'access', 'hosts', 'suspended'] as const;

/** The matrix as a table of Markdown. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const head = [...COLUMNS, ...roles.map(role => letters[role])];
  const lines = rows.map(row => {
    const cells = [row.id, `\`${row.request}\``, `\`${row.access}\``, row.hosts, row.suspended];
    return lineOf([...cells, ...roles.map(role => (row.roles.includes(role) ? '●' : ' '))]);
  });
  return [lineOf(head), lineOf(head.map(() => '---')), ...lines].join('\n');
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The rows of a page that `matrixTable` made. */
export function readMatrix(page: string): readonly MatrixRow[] {
  return page
    .split('\n')
    .filter(line => /^\| [a-z_.]+ \| `[A-Z]+ /.test(line))
    .flatMap(line => {
      const [id = '', request = '', access = '', hosts, suspended, ...marks] = line
        .slice(2, -2)
        .split(' | ')
        .map(cell => cell.trim().replaceAll('`', ''));
      const held = roles.filter((_role, index) => marks[index] === '●');
      return [{ id, request, access, roles: held, suspended, hosts } as MatrixRow];
    });
}

/** Where a workflow keeps two duties apart. */
export function dutiesTable({ modules }: Pick<App, 'modules'>): string {
  const rows = modules.flatMap(({ workflows = {} }) =>
    Object.entries(workflows).flatMap(([name, table]) =>
      table.flatMap(({ action, permission, guards = [] }) =>
        guards.flatMap(({ separatedFrom }) =>
          separatedFrom === undefined ? [] : [lineOf([name, action, `\`${permission}\``, separatedFrom])],
        ),
      ),
    ),
  );
  const head = ['workflow', 'action', 'permission', 'never by whoever'];
  return [lineOf(head), lineOf(head.map(() => '---')), ...rows].join('\n');
}
