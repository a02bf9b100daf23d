import {
  type AppName,
  appArguments,
  instanceNames,
  reasonsFor,
  type ServerName,
  type Surroundings,
  secondPortName,
  serverArguments,
  urlOf,
} from './definitions.ts';
import { fixedPort, freePorts, requireFree } from './ports.ts';

/** One process of a stack, before it is started. */
export type Plan = {
  readonly name: string;
  readonly port: number;
  /** Where its faults are controlled: Service Bus answers HTTP on its second port only. */
  readonly faultsUrl: string;
  readonly app?: AppName;
  readonly args: readonly string[];
};

export type Wanted = {
  readonly servers: readonly ServerName[];
  /** Without those that come along. */
  readonly asked: readonly string[];
  readonly apps?: readonly AppName[];
  readonly instances?: Readonly<Partial<Record<AppName, number>>>;
  readonly packages?: string;
  readonly ports: 'fixed' | 'free';
};

/**
 * Gives each wanted process its name, port and arguments, servers first.
 *
 * @throws Error that names the process when a fixed port is taken.
 */
export async function planProcesses(wanted: Wanted, surroundings: Surroundings): Promise<readonly Plan[]> {
  const { servers, asked, apps = [], instances = {}, packages } = wanted;
  const instancesOf = apps.flatMap(app =>
    instanceNames(app, instances[app] ?? 1).map(name => ({ name, app })),
  );
  const names = [
    ...servers,
    ...instancesOf.map(({ name }) => name),
    ...servers.flatMap(server => secondPortName(server) ?? []),
  ];
  const free = wanted.ports === 'free' ? await freePorts(names, surroundings.dataDir) : {};
  const ports = new Map(names.map(name => [name, free[name] ?? fixedPort(name)]));
  const portOf = (name: string): number => ports.get(name) ?? 0;
  if (wanted.ports === 'fixed') await requireFree(Object.fromEntries(ports), reasonsFor(asked));
  return [
    ...servers.map(server => planServer(server, portOf, surroundings)),
    ...instancesOf.map(({ name, app }) => ({
      name,
      port: portOf(name),
      faultsUrl: urlOf(name, portOf(name)),
      app,
      args: appArguments(app, name, portOf(name), packages, surroundings.bundles),
    })),
  ];
}

function planServer(server: ServerName, portOf: (name: string) => number, surroundings: Surroundings): Plan {
  const port = portOf(server);
  const second = portOf(secondPortName(server) ?? '');
  return {
    name: server,
    port,
    faultsUrl: server === 'service-bus' ? urlOf('service-bus-admin', second) : urlOf(server, port),
    args: serverArguments(server, port, second, surroundings),
  };
}
