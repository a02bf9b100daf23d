import { type Call, checkedName, listReply, type Reply, type WireAttributes } from './call.ts';
import { type Kind, methodNotAllowed, purgeNotEnabled } from './refusals.ts';
import { type Attributes, type Deleted, RECOVERABLE_DAYS, type Store, type Version } from './store.ts';

/** How one kind looks on the wire: whole (`bundle`) and in lists (`item`). */
export type WireShape<Body> = {
  readonly kind: Kind;
  bundle(call: Call, version: Version<Body>): object;
  item(version: Version<Body>, id: string): object;
};

const DAY_SECONDS = 86_400;

/** What secrets and keys have in common: lists, soft deletion, recovery and purge. */
export function lifecycle<Body>(store: Store<Body>, shape: WireShape<Body>, purgeProtection: boolean) {
  const itemOf = (call: Call, version: Version<Body>): object =>
    shape.item(version, idOf(call, shape.kind, version.name));
  const deletion = (call: Call, version: Deleted<Body>): object => ({
    recoveryId: `${call.origin}/deleted${shape.kind}/${version.name}`,
    deletedDate: version.deletedAt,
    scheduledPurgeDate: version.deletedAt + RECOVERABLE_DAYS * DAY_SECONDS,
  });

  function purge(name: string): Reply {
    store.getDeleted(name);
    if (purgeProtection) throw purgeNotEnabled();
    store.purge(name);
    return { status: 204 };
  }

  return {
    list: (call: Call): Reply =>
      listReply(
        call,
        (after, limit) => store.list(after, limit),
        version => itemOf(call, version),
      ),

    versions(call: Call, name: string): Reply {
      return listReply(
        call,
        (after, limit) => store.versions(name, after, limit),
        version => shape.item(version, idOf(call, shape.kind, name, version.version)),
      );
    },

    remove(call: Call, name: string): Reply {
      const deleted = store.remove(name, call.nowSeconds);
      return { status: 200, body: { ...deletion(call, deleted), ...shape.bundle(call, deleted) } };
    },

    /** Answers `/deletedsecrets…` and `/deletedkeys…`. */
    deleted(call: Call): Reply {
      const [, name, action] = call.segments;
      if (name === undefined) {
        return listReply(
          call,
          (after, limit) => store.listDeleted(after, limit),
          version => ({
            ...deletion(call, version),
            ...itemOf(call, version),
          }),
        );
      }
      checkedName(name);
      if (call.method === 'POST' && action === 'recover')
        return { status: 200, body: shape.bundle(call, store.recover(name)) };
      if (call.method === 'DELETE' && action === undefined) return purge(name);
      if (call.method !== 'GET' || action !== undefined) throw methodNotAllowed(call.method);
      const version = store.getDeleted(name);
      return { status: 200, body: { ...deletion(call, version), ...shape.bundle(call, version) } };
    },
  };
}

export function idOf(call: Call, kind: Kind, name: string, version?: string): string {
  return [call.origin, kind, name, ...(version === undefined ? [] : [version])].join('/');
}

export function wireAttributes(attributes: Attributes, purgeProtection: boolean): WireAttributes {
  const recoveryLevel = purgeProtection ? 'Recoverable' : 'Recoverable+Purgeable';
  return { ...attributes, recoveryLevel, recoverableDays: RECOVERABLE_DAYS };
}
