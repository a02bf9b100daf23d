import * as z from 'zod';

type PropertyChange = {
  readonly path: string;
  readonly propertyChangeType: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly children?: readonly PropertyChange[] | null | undefined;
};

const Property: z.ZodType<PropertyChange> = z.object({
  path: z.string(),
  propertyChangeType: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  get children() {
    return z.array(Property).nullish();
  },
});

const Change = z.object({
  resourceId: z.string(),
  changeType: z.string(),
  delta: z.array(Property).nullish(),
  unsupportedReason: z.string().nullish(),
});

/** What `az deployment sub what-if --no-pretty-print` answers, as far as it is read here. */
export const WhatIf = z.object({ status: z.string(), changes: z.array(Change).nullish() });
export type WhatIf = z.infer<typeof WhatIf>;

/** How each kind of change is told, the most dangerous first. `Ignore` are resources that no template names. */
const KINDS: Readonly<Record<string, string>> = {
  Delete: '🛑 deleted',
  Modify: 'changed',
  Create: 'created',
  Deploy: 'deployed without a comparison',
  Unsupported: 'not compared',
  NoEffect: 'without effect',
  NoChange: 'unchanged',
  Ignore: 'not in the templates',
};
const LISTED: readonly string[] = ['Delete', 'Modify', 'Create', 'Deploy', 'Unsupported'];
/** A comment on a pull request holds 65,536 characters, of which this leaves enough for the rest. */
const MOST_LINES = 300;
const MOST_VALUE = 80;

/** The answer as a page for people: how many of each kind, then each resource with what changes in it. */
export function summarize(environment: string, { changes }: WhatIf): string {
  const all = changes ?? [];
  const counts = Object.entries(KINDS).flatMap(([kind, words]) => {
    const count = all.filter(({ changeType }) => changeType === kind).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  const lines = LISTED.flatMap(kind =>
    all.filter(({ changeType }) => changeType === kind).flatMap(change => linesOf(change)),
  );
  const listed = lines.slice(0, MOST_LINES);
  const more = lines.length > MOST_LINES ? [`- … and ${lines.length - MOST_LINES} lines more`] : [];
  const title = `### What this changes in ${environment}`;
  return `${[title, '', counts.join(', ') || 'nothing', '', ...listed, ...more].join('\n').trimEnd()}\n`;
}

function linesOf({ resourceId, changeType, delta, unsupportedReason }: z.infer<typeof Change>): string[] {
  const why = unsupportedReason === null || unsupportedReason === undefined ? '' : `: ${unsupportedReason}`;
  const head = `- ${KINDS[changeType]} \`${shortId(resourceId)}\`${why}`;
  return [head, ...(delta ?? []).flatMap(change => leaves(change, '')).map(line => `  - ${line}`)];
}

/** Everything after the provider; the subscription and its groups say nothing new. */
function shortId(resourceId: string): string {
  const [, provider] = /\/providers\/(?!.*\/providers\/)(.+)$/i.exec(resourceId) ?? [];
  return provider ?? resourceId.replace(/^\/subscriptions\/[^/]+\//i, '');
}

function leaves(change: PropertyChange, prefix: string): string[] {
  const path = prefix === '' ? change.path : `${prefix}.${change.path}`;
  const children = change.children ?? [];
  if (children.length > 0) return children.flatMap(child => leaves(child, path));
  const { propertyChangeType, before, after } = change;
  if (propertyChangeType === 'NoEffect') return [];
  if (propertyChangeType === 'Create') return [`\`${path}\` = ${shown(after)}`];
  if (propertyChangeType === 'Delete') return [`\`${path}\` is taken away (was ${shown(before)})`];
  return [`\`${path}\`: ${shown(before)} → ${shown(after)}`];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MOST_VALUE ? `${text.slice(0, MOST_VALUE)}…` : text;
}
