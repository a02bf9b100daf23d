import * as z from 'zod';
import { type EffectName, type FaultServer, VOCABULARY, type Vocabulary } from './vocabulary.ts';

const longest = 24 * 3_600_000;
const milliseconds = z.number().min(0).max(longest);
/** A fixed time, or a range out of which each strike draws its own; in milliseconds. */
const duration = z.union(
  [milliseconds, z.tuple([milliseconds, milliseconds]).refine(([from, to]) => from <= to)],
  { error: 'must be milliseconds, or a range [from, to] of them' },
);

/** Which requests a rule strikes, and when. Everything is optional: without any of it the rule strikes all, for ever. */
const when = {
  operation: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  /** Container, queue, topic, blob container, function, recipient: what the server keeps things in. */
  entity: z.string().min(1).optional(),
  /** A part of the target's name: path with partition key, message id, address. */
  match: z.string().min(1).optional(),
  /** Share of the matching requests that are struck, above 0 and up to 1. */
  rate: z.number().positive().max(1).optional(),
  /** How many matching requests pass before the first is struck. */
  skip: z.int().min(0).optional(),
  /** How often the rule strikes before it is used up. */
  count: z.int().min(1).optional(),
  /** The rule begins that long after it came, in milliseconds … */
  fromMs: milliseconds.optional(),
  /** … and ends that long after it began. */
  forMs: milliseconds.positive().optional(),
  /** Makes the rule's chance repeatable; drawn and told when absent. */
  seed: z.int().min(0).max(0xffff_ffff).optional(),
};

const rules = {
  status: z.strictObject({
    effect: z.literal('status'),
    ...when,
    /** An HTTP status, or the SMTP reply code on mail. */
    status: z.int().min(400).max(599),
    subStatus: z.int().min(0).optional(),
    /** The service's own word for it, when its usual one for the status will not do. */
    code: z.string().regex(/^\w+$/).optional(),
    retryAfterMs: milliseconds.optional(),
  }),
  delay: z.strictObject({ effect: z.literal('delay'), ...when, ms: duration }),
  reset: z.strictObject({ effect: z.literal('reset'), ...when, at: z.enum(['before', 'after']) }),
  detach: z.strictObject({ effect: z.literal('detach'), ...when }),
  'lose-lock': z.strictObject({ effect: z.literal('lose-lock'), ...when }),
  duplicate: z.strictObject({ effect: z.literal('duplicate'), ...when }),
  stale: z.strictObject({
    effect: z.literal('stale'),
    ...when,
    ms: milliseconds.positive(),
    /** Reads at the account's own level lag too, as they do in a region that does not write. */
    readRegion: z.boolean().optional(),
  }),
  'stop-timer': z.strictObject({ effect: z.literal('stop-timer'), ...when }),
  'slow-disk': z.strictObject({ effect: z.literal('slow-disk'), ...when, ms: duration }),
} satisfies Record<EffectName, z.ZodType>;

export type Rule = { [Name in EffectName]: z.infer<(typeof rules)[Name]> }[EffectName];
export type RuleOf<Name extends EffectName> = z.infer<(typeof rules)[Name]>;

/** A rule that cannot be obeyed, with the field that is wrong. */
export class WrongRule extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** Reads a rule for a server and fills in the operations it can strike. Throws a WrongRule. */
export function readRule(server: FaultServer, given: unknown): Rule & { readonly operation: string[] } {
  const effects: Readonly<Partial<Record<string, readonly string[]>>> = VOCABULARY[server].effects;
  const name = z.object({ effect: z.string() }).safeParse(given).data?.effect;
  const possible = name === undefined ? undefined : effects[name];
  if (name === undefined || possible === undefined || !isEffect(name)) {
    throw new WrongRule('effect', `must be one of ${Object.keys(effects).join(', ')} on ${server}`);
  }
  const { data, error } = rules[name].safeParse(given);
  if (data === undefined) throw wrong(error);
  const { operation = [...possible] } = data;
  const operations = typeof operation === 'string' ? [operation] : operation;
  const unknown = operations.find(one => !possible.includes(one));
  if (unknown !== undefined) {
    const known = VOCABULARY[server].operations.some(one => one === unknown);
    const why = known
      ? `'${unknown}' cannot be struck by ${name}`
      : `${server} has no operation '${unknown}'`;
    throw new WrongRule('operation', `${why}; it must be one of ${possible.join(', ')}`);
  }
  const { statuses }: Vocabulary = VOCABULARY[server];
  if (data.effect === 'status' && statuses?.includes(data.status) === false)
    throw new WrongRule('status', `must be one of ${statuses.join(', ')} on ${server}`);
  return { ...data, operation: operations };
}

function isEffect(name: string): name is EffectName {
  return Object.hasOwn(rules, name);
}

function wrong(error: z.ZodError): WrongRule {
  const issue = error.issues[0];
  const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
  const message = issue?.code === 'unrecognized_keys' ? 'is not known here' : (issue?.message ?? 'is wrong');
  return new WrongRule(String(field ?? 'rule'), message);
}
