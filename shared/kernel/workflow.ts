/**
 * Workflows are tables: from, action, to, permission, guards. The engine is the same for every one of them
 * and can say what is open and why the rest is not.
 */
export type Guard<Context> = {
  readonly code: string;
  /** The data that explains the refusal, or undefined when the guard lets pass. */
  readonly refuses: (context: Context) => Readonly<Record<string, unknown>> | undefined;
  /** The duty that this guard keeps apart; for tables of who may do what. */
  readonly separatedFrom?: string;
};

/** Something that people do and that somebody else must answer for: what it is called, and who did it. */
export type Duty<Context> = {
  readonly name: string;
  /** What the refusal is called. */
  readonly code: string;
  readonly doers: (context: Context) => readonly string[];
};

/** Separation of duties, as data: whoever did `duty` does not take the transition, whatever they may. */
export function separatedFrom<Context extends { readonly user: string }>(
  duty: Duty<Context>,
): Guard<Context> {
  return {
    code: duty.code,
    separatedFrom: duty.name,
    refuses: context =>
      duty.doers(context).includes(context.user) ? { user: context.user, because: duty.name } : undefined,
  };
}

export type Transition<State extends string, Action extends string, Context> = {
  readonly from: readonly State[];
  readonly action: Action;
  readonly to: State | ((context: Context) => State);
  readonly permission: string;
  readonly guards?: readonly Guard<Context>[];
  /** The transition is refused unless a reason is given. */
  readonly needsReason?: boolean;
  /** Only the system takes it, as the effect of something else. */
  readonly automatic?: boolean;
};

export type Refusal = { readonly code: string; readonly data: Readonly<Record<string, unknown>> };

export type Opening<State extends string, Action extends string> = {
  readonly action: Action;
  readonly to: State;
  readonly open: boolean;
  readonly needsReason: boolean;
  readonly refusals: readonly Refusal[];
};

type Table<State extends string, Action extends string, Context> = readonly Transition<
  State,
  Action,
  Context
>[];

/** Every transition that leaves `state`, each with what stands against it for this caller. */
export function openings<State extends string, Action extends string, Context>(
  table: Table<State, Action, Context>,
  state: State,
  context: Context,
  holds: (permission: string) => boolean,
): readonly Opening<State, Action>[] {
  return table
    .filter(row => row.from.includes(state) && row.automatic !== true)
    .map(row => {
      const refusals = refusalsOf(row, context, holds);
      return {
        action: row.action,
        to: target(row, context),
        open: refusals.length === 0,
        needsReason: row.needsReason === true,
        refusals,
      };
    });
}

/** The row that `action` takes from `state`, with where it leads and what stands against it. */
export function attempt<State extends string, Action extends string, Context>(
  table: Table<State, Action, Context>,
  state: State,
  action: Action,
  context: Context,
  holds: (permission: string) => boolean,
): { readonly to: State; readonly needsReason: boolean; readonly refusals: readonly Refusal[] } | undefined {
  const row = table.find(candidate => candidate.action === action && candidate.from.includes(state));
  if (row === undefined) return undefined;
  return {
    to: target(row, context),
    needsReason: row.needsReason === true,
    refusals: refusalsOf(row, context, holds),
  };
}

function target<State extends string, Action extends string, Context>(
  row: Transition<State, Action, Context>,
  context: Context,
): State {
  return typeof row.to === 'function' ? row.to(context) : row.to;
}

function refusalsOf<State extends string, Action extends string, Context>(
  row: Transition<State, Action, Context>,
  context: Context,
  holds: (permission: string) => boolean,
): readonly Refusal[] {
  const missing: readonly Refusal[] = holds(row.permission)
    ? []
    : [{ code: 'platform.permission_missing', data: { permission: row.permission } }];
  const guarded = (row.guards ?? []).flatMap(guard => {
    const data = guard.refuses(context);
    return data === undefined ? [] : [{ code: guard.code, data }];
  });
  return [...missing, ...guarded];
}
