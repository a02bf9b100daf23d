import { limits } from './entity-limits.ts';
import { keyOf } from './entity-table.ts';
import { checkEntityName, checkSubscriptionName } from './names.ts';
import { Refusal } from './refusals.ts';
import { compileFilter } from './rule-filters.ts';
import type { Topology } from './topology.ts';

type Problem = { readonly what: string; readonly path: readonly PropertyKey[] };

type Declared = Topology['queues'][number] | Topology['topics'][number];
type Subscription = Topology['topics'][number]['subscriptions'][number];

/** The first thing in a topology that Azure would refuse, with its place in the `serviceBus` section. */
export function problemIn(topology: Topology): Problem | undefined {
  const { queues, topics } = topology;
  const entities = [
    ...queues.map((one, at) => ({ one, path: ['queues', at] })),
    ...topics.map((one, at) => ({ one, path: ['topics', at] })),
  ];
  const names = entities.map(({ one }) => one.name);
  const problems = function* (): Generator<Problem | undefined> {
    yield takenTwice(entities);
    for (const { one, path } of entities) {
      yield refused(() => checkEntityName(one.name), [...path, 'name']);
      yield* limited(one, path);
      if ('forwardTo' in one) yield* forwarded(one.name, one, names, path);
    }
    for (const [topic, { name, subscriptions }] of topics.entries()) {
      const places = subscriptions.map((one, at) => ({ one, path: ['topics', topic, 'subscriptions', at] }));
      yield takenTwice(places);
      for (const { one, path } of places) {
        yield refused(() => checkSubscriptionName(one.name), [...path, 'name']);
        yield* limited(one, path);
        yield* forwarded(name, one, names, path);
        const { filter } = one;
        if (typeof filter === 'string')
          yield refused(() => compileFilter({ kind: 'sql', expression: filter }), [...path, 'filter']);
      }
    }
  };
  return problems().find(problem => problem !== undefined);
}

type Placed = { readonly one: { readonly name: string }; readonly path: readonly PropertyKey[] };

/** Queues and topics share their names, which have no case. */
function takenTwice(places: readonly Placed[]): Problem | undefined {
  const seen = new Set<string>();
  for (const { one, path } of places) {
    const key = keyOf(one.name);
    if (seen.has(key)) return { what: `the name '${one.name}' is taken.`, path: [...path, 'name'] };
    seen.add(key);
  }
  return undefined;
}

function refused(check: () => unknown, path: readonly PropertyKey[]): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { what: error.message, path };
  }
}

function* limited(one: Partial<Declared & Subscription>, path: readonly PropertyKey[]): Generator<Problem> {
  const {
    duplicateDetectionSeconds: window,
    defaultTtlSeconds: ttl,
    lockSeconds: lock,
    maxSizeMegabytes: size,
  } = one;
  const durations = [
    ['lockSeconds', lock, limits.lock],
    // Nought is off.
    ['duplicateDetectionSeconds', window === 0 ? null : window, limits.window],
    ['defaultTtlSeconds', ttl, limits.ttl],
  ] as const;
  for (const [name, seconds, [least, most]] of durations) {
    if (seconds == null || (seconds * 1000 >= least && seconds * 1000 <= most)) continue;
    const bounds = Number.isFinite(most)
      ? `from ${least / 1000} to ${most / 1000}`
      : `${least / 1000} or more`;
    yield { what: `${name} is ${bounds}, not ${seconds}.`, path: [...path, name] };
  }
  if (size !== undefined && !limits.sizes.some(each => each === size))
    yield {
      what: `maxSizeMegabytes is one of ${limits.sizes.join(', ')}, not ${size}.`,
      path: [...path, 'maxSizeMegabytes'],
    };
}

type Forwarding = Pick<Subscription, 'forwardTo' | 'forwardDeadLettersTo' | 'requiresSession'>;

/** `own` is the queue, or the topic of the subscription, that forwards. */
function* forwarded(
  own: string,
  one: Forwarding,
  names: readonly string[],
  path: readonly PropertyKey[],
): Generator<Problem> {
  for (const name of ['forwardTo', 'forwardDeadLettersTo'] as const) {
    const target = one[name];
    const place = [...path, name];
    if (target === null) continue;
    if (!names.some(each => keyOf(each) === keyOf(target)))
      yield { what: `there is no queue or topic '${target}'.`, path: place };
    if (keyOf(target) === keyOf(own)) yield { what: 'an entity cannot forward to itself.', path: place };
  }
  if (one.requiresSession && one.forwardTo !== null)
    yield { what: 'an entity that requires sessions cannot forward.', path: [...path, 'forwardTo'] };
}
