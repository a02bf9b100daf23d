/** A document as the model sees it: the number of the write that made it, and how often it was patched since it was put whole. */
type Version = { readonly v: number; readonly n: number };
export type State = Readonly<Record<string, Version>>;

/** A write of one document. `expects` is the version whose tag the writer holds. */
export type Write = {
  readonly kind: 'create' | 'upsert' | 'replace' | 'patch' | 'delete';
  readonly id: string;
  readonly v: number;
  readonly expects?: number | undefined;
};

export type Action =
  | Write
  | { readonly kind: 'batch'; readonly writes: readonly Write[] }
  | { readonly kind: 'read'; readonly id: string }
  | { readonly kind: 'query' };

/**
 * An operation as a client saw it: when it began and ended, and its result; undefined when the client never learned it. What was under
 * way when the server was killed ended there: it was carried out before, or never will be.
 */
export type Observed = {
  readonly action: Action;
  readonly began: number;
  readonly ended: number;
  readonly result: unknown;
};

function write(state: State, { kind, id, v, expects }: Write): { state: State; result: number } {
  const old = state[id];
  const stale = old !== undefined && expects !== undefined && old.v !== expects;
  if (kind === 'create')
    return old === undefined
      ? { state: { ...state, [id]: { v, n: 0 } }, result: 201 }
      : { state, result: 409 };
  if (kind === 'upsert') {
    if (stale) return { state, result: 412 };
    return { state: { ...state, [id]: { v, n: 0 } }, result: old === undefined ? 201 : 200 };
  }
  if (old === undefined) return { state, result: 404 };
  if (stale) return { state, result: 412 };
  if (kind === 'delete') {
    const { [id]: _, ...rest } = state;
    return { state: rest, result: 204 };
  }
  return { state: { ...state, [id]: { v, n: kind === 'patch' ? old.n + 1 : 0 } }, result: 200 };
}

/** What an operation does to the state and what it answers, when it happens at one instant. */
export function apply(state: State, action: Action): { readonly state: State; readonly result: unknown } {
  if (action.kind === 'read') return { state, result: state[action.id] ?? 404 };
  if (action.kind === 'query') return { state, result: sorted(state) };
  if (action.kind !== 'batch') return write(state, action);
  let after = state;
  const results: number[] = [];
  for (const [at, one] of action.writes.entries()) {
    const done = write(after, one);
    if (done.result >= 400)
      return { state, result: action.writes.map((_, other) => (other === at ? done.result : 424)) };
    after = done.state;
    results.push(done.result);
  }
  return { state: after, result: results };
}

function sorted(state: State): State {
  return Object.fromEntries(Object.entries(state).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/**
 * Whether all operations can have happened one after the other, each between its beginning and its end, with exactly the results
 * that were seen (the search of Wing and Gong, with memory). An operation of unknown result happened before its end or never.
 */
export function isLinearizable(history: readonly Observed[]): boolean {
  const failed = new Set<string>();
  const search = (left: readonly Observed[], state: State): boolean => {
    if (left.every(one => one.result === undefined)) return true;
    const memory = `${left.map(one => one.began).join()}|${JSON.stringify(sorted(state))}`;
    if (failed.has(memory)) return false;
    const horizon = Math.min(...left.map(one => one.ended));
    for (const one of left) {
      if (one.began > horizon) continue;
      const next = apply(state, one.action);
      const agrees = one.result === undefined || JSON.stringify(next.result) === JSON.stringify(one.result);
      const others = left.filter(other => other !== one);
      if (agrees && search(others, next.state)) return true;
      const mayBeNothing = one.result === undefined && one.ended === horizon;
      if (mayBeNothing && search(others, state)) return true;
    }
    failed.add(memory);
    return false;
  };
  return search(history, {});
}
