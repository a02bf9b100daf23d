import type { ZodType } from 'zod';
import * as z from 'zod';
import type { Condition } from '../records/index.ts';

/** One way to narrow a list: its query parameters, and the condition that their values make. */
export type Filter = {
  readonly parameters: (name: string) => Readonly<Record<string, ZodType>>;
  readonly condition: (name: string, query: Readonly<Record<string, unknown>>) => Condition | undefined;
};

type Value = string | number;
const MOST_VALUES = 20;
const MOST_LETTERS = 2000;

/** `name=Helvane`: the field is exactly this. For texts, which may have commas. */
export function equal(schema: ZodType<Value>): Filter {
  return {
    parameters: name => ({ [name]: schema.optional() }),
    condition: (name, query) => {
      const value = query[name] as Value | undefined; // parsed by the schema above
      return value === undefined ? undefined : { oneOf: [value] };
    },
  };
}

/** `email=rana@lab.example`: the field is exactly this in the form that is compared, and only its blind index is looked at. */
export function exactly(schema: ZodType<string, string>, form: (text: string) => string): Filter {
  return {
    parameters: name => ({ [name]: schema.optional() }),
    condition: (name, query) => {
      const value = query[name] as string | undefined; // parsed by the schema above
      return value === undefined ? undefined : { exactly: form(value) };
    },
  };
}

/** `name=Helvane`: as `equal`, in clear or where the kind has it blinded: for what is personal of some records only. */
export function equalOrBlinded(schema: ZodType<string, string>): Filter {
  return {
    parameters: name => ({ [name]: schema.optional() }),
    condition: (name, query) => {
      const value = query[name] as string | undefined; // parsed by the schema above
      return value === undefined ? undefined : { exactly: value, inClear: value };
    },
  };
}

/** `state=issued,revoked`: the field is one of these. For ids and words that have no comma. */
export function anyOf(schema: ZodType<string, string>): Filter {
  const list = z
    .string()
    .min(1)
    .max(MOST_LETTERS)
    .transform(text => text.split(','))
    .pipe(z.array(schema).max(MOST_VALUES))
    .meta({ description: describe(schema) })
    .optional();
  return {
    parameters: name => ({ [name]: list }),
    condition: (name, query) => {
      const values = query[name] as readonly string[] | undefined; // parsed by the schema above
      return values === undefined ? undefined : { oneOf: values };
    },
  };
}

function describe(schema: ZodType<string, string>): string {
  const known = schema instanceof z.ZodEnum ? `: ${schema.options.join(', ')}` : '';
  return `One, or several with commas between them${known}.`;
}

/** `validUntilFrom=2026-01-01&validUntilTo=2026-12-31`: the field lies between them, both included. */
export function between(schema: ZodType<Value>): Filter {
  return {
    parameters: name => ({ [`${name}From`]: schema.optional(), [`${name}To`]: schema.optional() }),
    condition: (name, query) => {
      const from = query[`${name}From`] as Value | undefined; // parsed by the schema above
      const to = query[`${name}To`] as Value | undefined;
      return from === undefined && to === undefined ? undefined : { from, to };
    },
  };
}

const Instant = z.iso.datetime().max(40);

/** Every list can be narrowed by time of making. Records are ordered by it and their id, so the end takes all of its millisecond. */
export const madeBetween: Filter = {
  parameters: () => ({ createdFrom: Instant.optional(), createdTo: Instant.optional() }),
  condition: (_name, query) => {
    const from = query['createdFrom'] as string | undefined; // parsed by the schema above
    const to = query['createdTo'] as string | undefined;
    if (from === undefined && to === undefined) return undefined;
    return {
      from: from === undefined ? undefined : new Date(from).toISOString(),
      to: to === undefined ? undefined : `${new Date(to).toISOString()}~\uffff`,
    };
  },
};
