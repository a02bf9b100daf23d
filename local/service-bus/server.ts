import { Faults } from '../faults/faults.ts';
import { Rights } from '../identity/rights.ts';
import { serveAdmin } from './admin-http.ts';
import { administration } from './administration/http.ts';
import { Attachments } from './attachments.ts';
import { Authenticator } from './authenticator.ts';
import type { Bus } from './bus.ts';
import { expireMessages } from './dead-letters.ts';
import { createWaker, dispatchEntity } from './dispatch.ts';
import { DuplicateTable } from './duplicates.ts';
import { Entities } from './entities.ts';
import type { Tls } from './front-door.ts';
import { deleteIdle, nextAutoDelete } from './idle.ts';
import { IdleConnections } from './idle-connections.ts';
import { connectionString, rootKey } from './keys.ts';
import { listen } from './listener.ts';
import { LockTable } from './locks.ts';
import { MessageTable } from './message-table.ts';
import { activateDue } from './publish.ts';
import { RuleTable } from './rules.ts';
import type { SharedAccessKey } from './sas.ts';
import { Scheduler } from './scheduler.ts';
import { SessionTable } from './sessions.ts';
import { expireLocks, expireSessions } from './settle.ts';
import { Sizes } from './sizes.ts';
import { Store } from './store.ts';
import type { Topology } from './topology.ts';

type ServerOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  readonly directory: string;
  readonly topology: Topology;
  readonly adminPort?: number;
  /** Certificate and key for clients that speak TLS. */
  readonly tls?: Tls;
  /** The key set that Microsoft Entra tokens are verified by. */
  readonly jwksFile?: string;
  readonly faultsToken?: string | undefined;
  /** Who may do what; without it everybody may do everything. */
  readonly rightsFile?: string | undefined;
};

type RunningServer = {
  readonly connectionString: string;
  /** Where its faults are controlled, when there is a port for that. */
  readonly controlUrl: string | undefined;
  /** Stops accepting, closes connections and the database. */
  readonly close: () => Promise<void>;
};

/** Starts a Service Bus namespace on a local port. */
export async function startServiceBus(options: ServerOptions): Promise<RunningServer> {
  const key = rootKey(options.directory);
  const bus = createBus(options, key);
  const http = administration(bus);
  const server = await listen(bus, { port: options.port, http, tls: options.tls });
  const admin =
    options.adminPort === undefined
      ? undefined
      : await serveAdmin(bus, options.adminPort, options.faultsToken);
  return {
    connectionString: connectionString(server.port, key),
    controlUrl: admin === undefined ? undefined : `http://127.0.0.1:${admin.port}`,
    close: async () => {
      bus.scheduler.stop();
      admin?.close();
      await server.close();
      bus.store.close();
    },
  };
}

function createBus(options: ServerOptions, key: SharedAccessKey): Bus {
  const store = new Store(options.directory);
  const faults = new Faults('service-bus', {
    knowsEntity: (name): boolean => entities.find(name) !== undefined,
  });
  store.onCommit = () => faults.stallDisk();
  const { clock } = faults;
  const messages = new MessageTable(store);
  const scheduler = new Scheduler(clock);
  const entities: Entities = new Entities(store, clock, options.topology);
  const bus: Bus = {
    clock,
    store,
    entities,
    authenticator: new Authenticator(key, entities, options.jwksFile, Rights.read(options.rightsFile)),
    attachments: new Attachments(),
    messages,
    duplicates: new DuplicateTable(store),
    locks: new LockTable(),
    sessions: new SessionTable(store),
    rules: new RuleTable(store),
    sizes: new Sizes(messages),
    scheduler,
    connections: new IdleConnections(scheduler, () => clock.now()),
    faults,
    consumers: new Set(),
    waiters: new Set(),
    wake: createWaker(store, entity => dispatchEntity(bus, entity)),
  };
  declareFilters(bus, options.topology);
  restoreLocks(bus);
  for (const entity of entities.all()) if (entity.forwardTo !== null) bus.wake(entity);
  scheduleTasks(bus);
  store.flush();
  return bus;
}

function declareFilters(bus: Bus, topology: Topology): void {
  for (const topic of topology.topics) {
    for (const { name, filter } of topic.subscriptions) {
      bus.rules.declare(bus.entities.resolve(`${topic.name}/Subscriptions/${name}`), filter);
    }
  }
}

/** Locks outlive a restart, but those of sessions end with their link, and the links are gone. */
function restoreLocks(bus: Bus): void {
  for (const message of bus.messages.locked()) {
    const entity = bus.entities.byId(message.entity);
    if (entity === undefined || message.lockToken === null) continue;
    if (entity.requiresSession) bus.messages.unlock(message.id, message.deliveryCount);
    else {
      const until = message.lockedUntil ?? 0;
      bus.locks.add({ token: message.lockToken, message: message.id, entity, until, session: undefined });
    }
  }
}

function scheduleTasks(bus: Bus): void {
  const { scheduler, connections, locks, sessions, messages, duplicates, attachments } = bus;
  scheduler.add({ nextAt: () => locks.nextExpiry(), run: now => expireLocks(bus, now) });
  scheduler.add({ nextAt: () => sessions.nextExpiry(), run: now => expireSessions(bus, now) });
  scheduler.add({ nextAt: () => messages.nextDue(), run: now => activateDue(bus, now) });
  scheduler.add({ nextAt: () => messages.nextExpiry(), run: now => expireMessages(bus, now) });
  scheduler.add({ nextAt: () => attachments.nextIdle(), run: now => attachments.detachIdle(now) });
  scheduler.add({ nextAt: () => connections.nextEnd(), run: now => connections.closeIdle(now) });
  scheduler.add({ nextAt: () => nextAutoDelete(bus), run: now => deleteIdle(bus, now) });
  scheduler.add({ nextAt: () => duplicates.nextSweep(), run: now => duplicates.sweep(now) });
}
