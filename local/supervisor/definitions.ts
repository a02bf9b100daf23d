import { join } from 'node:path';
import type { TlsFiles } from '../tls/certificates.ts';

export const SERVERS = ['identity', 'cosmos', 'service-bus', 'key-vault', 'blob', 'mail'] as const;
export const APPS = ['api', 'worker', 'render'] as const;
export type ServerName = (typeof SERVERS)[number];
export type AppName = (typeof APPS)[number];

/** What the command lines of the servers are made from. */
export type Surroundings = {
  readonly dataDir: string;
  readonly topology: string;
  readonly tls: TlsFiles;
  readonly jwks: string;
  /** Folder with the servers as bundles. */
  readonly bundles: string;
  /** Who may do what; without it everybody may do everything. */
  readonly rights: string | undefined;
};

const ROOT = join(import.meta.dirname, '..', '..');
export const DEFAULT_TOPOLOGY = join(ROOT, 'shared', 'topology.json');

/** Whoever wants a token for these needs the identity server too. */
const NEEDS_IDENTITY: readonly ServerName[] = ['cosmos', 'service-bus', 'key-vault', 'blob'];

/** The given servers with what they depend on, in the order of `SERVERS`; throws for an unknown name. */
export function withDependencies(names: readonly string[]): ServerName[] {
  const unknown = names.filter(name => !SERVERS.some(server => server === name));
  if (unknown.length > 0)
    throw new Error(`Unknown server: ${unknown.join(', ')}. Known are: ${SERVERS.join(', ')}.`);
  const needsIdentity = NEEDS_IDENTITY.some(name => names.includes(name));
  return SERVERS.filter(name => names.includes(name) || (name === 'identity' && needsIdentity));
}

/** Why a server starts that was not asked for, by its name, as the end of a sentence. */
export function reasonsFor(asked: readonly string[]): Readonly<Record<string, string>> {
  const users = NEEDS_IDENTITY.filter(name => asked.includes(name));
  return asked.includes('identity') || users.length === 0
    ? {}
    : { identity: ` (${users.join(', ')} cannot do without its tokens)` };
}

/** What a server that listens on two ports calls the second one. */
const SECOND_PORTS: Readonly<Partial<Record<ServerName, string>>> = {
  'service-bus': 'service-bus-admin',
  mail: 'mail-smtp',
};

/** The name of a server's second port, if it has one. */
export function secondPortName(name: ServerName): string | undefined {
  return SECOND_PORTS[name];
}

const SECURE: readonly string[] = ['cosmos', 'key-vault', 'blob'];

/** The address of a process by its name. */
export function urlOf(name: string, port: number): string {
  const scheme = name === 'service-bus' ? 'sb' : SECURE.includes(name) ? 'https' : 'http';
  return `${scheme}://localhost:${port}`;
}

/** Arguments for Node that start one of the servers. */
export function serverArguments(
  name: ServerName,
  port: number,
  secondPort: number,
  { dataDir, topology, tls, jwks, bundles, rights }: Surroundings,
): string[] {
  const common = ['--port', String(port), '--data', join(dataDir, name)];
  const secure = ['--tls-cert', tls.cert, '--tls-key', tls.key];
  const roles = rights === undefined ? [] : ['--rights', rights];
  const own: Readonly<Record<ServerName, readonly string[]>> = {
    identity: [],
    cosmos: ['--topology', topology, ...secure, '--jwks', jwks, ...roles],
    'service-bus': [
      '--topology',
      topology,
      '--admin-port',
      String(secondPort),
      ...secure,
      '--jwks',
      jwks,
      ...roles,
    ],
    // Production has purge protection on, and kinder than Azure would be a defect.
    'key-vault': [...secure, '--jwks', jwks, '--purge-protection', ...roles],
    blob: ['--topology', topology, ...secure, ...roles],
    mail: ['--smtp-port', String(secondPort), ...secure],
  };
  return [join(bundles, `${name}.mjs`), ...common, ...own[name]];
}

/** Arguments for Node that start the local Functions host with one of the built apps, or with its package in `packages`. */
export function appArguments(
  app: AppName,
  name: string,
  port: number,
  packages: string | undefined,
  bundles: string,
): string[] {
  const dist = join(ROOT, 'dist');
  const folder = packages === undefined ? dist : join(packages, app);
  return [
    join(bundles, 'host.mjs'),
    ...['--app', join(folder, `${app}.cjs`)],
    ...['--host-json', join(packages ?? join(dist, 'packages'), app, 'host.json')],
    ...['--port', String(port), '--name', name],
  ];
}

/** Names of an app's processes: the first has the app's own name, further ones are numbered. */
export function instanceNames(app: AppName, count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? app : `${app}-${index + 1}`));
}
