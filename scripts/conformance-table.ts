import { z } from 'zod';

const row = z.strictObject({
  behaviour: z.string().min(1),
  documentation: z.array(z.url()),
  test: z.string().endsWith('.test.ts'),
});

const schema = z.strictObject({
  behaviours: z.array(row).min(1),
  'left out': z.array(z.string().min(1)),
});

/** What a local server does as Azure does it, row by row, and what it deliberately does not do. */
export type Conformance = z.infer<typeof schema>;

/** Reads a `conformance.json`; throws an error that names the file when its shape is wrong. */
export function conformanceOf(file: string, text: string): Conformance {
  const read = schema.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw new Error(`${file}: ${z.prettifyError(read.error)}`);
}

/** The names of all tests and describes in a test file that are written as literals. */
export function testNames(source: string): ReadonlySet<string> {
  const titles = source.matchAll(/\b(?:test|describe|it)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g);
  return new Set(Array.from(titles, match => (match[2] ?? '').replaceAll(/\\(.)/g, '$1')));
}

/**
 * What is wrong with the rows: a test file that is not there, a behaviour that is not the name of one of its tests, a name twice.
 * `namesIn` yields the names in a test file of the server, undefined when there is no such file.
 */
export function problemsOf(
  conformance: Conformance,
  namesIn: (test: string) => ReadonlySet<string> | undefined,
): readonly string[] {
  const seen = new Set<string>();
  return conformance.behaviours.flatMap(({ behaviour, test }) => {
    const names = namesIn(test);
    if (names === undefined) return [`${test} is not there`];
    if (!names.has(behaviour)) return [`'${behaviour}' is not the name of a test in ${test}`];
    if (seen.has(behaviour)) return [`'${behaviour}' stands twice`];
    seen.add(behaviour);
    return [];
  });
}

function labelOf(url: string): string {
  const issue = /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(?:issues|pull|discussions)\/(\d+)/.exec(url);
  if (issue !== null) return `${issue[1]}#${issue[2]}`;
  const { hash, pathname, hostname } = new URL(url);
  const page = pathname.split('/').findLast(part => part !== '') ?? hostname;
  return hash === '' ? page : `${page}${hash}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The table of a server's README. */
export function tableOf(conformance: Conformance): string {
  const rows = conformance.behaviours.map(({ behaviour, documentation, test }) => {
    const links = documentation.map(url => `[${cell(labelOf(url))}](${url})`).join(', ');
    return `| ${cell(behaviour)} | ${links} | \`${test}\` |`;
  });
  const leftOut = conformance['left out'].map(text => `- ${text}`);
  const lines = ['| Behaviour | Documentation | Test |', '| --- | --- | --- |', ...rows];
  return [...lines, ...(leftOut.length === 0 ? [] : ['', 'Deliberately not covered:', '', ...leftOut])].join(
    '\n',
  );
}

/** The table of `local/README.md`: how much each server covers, and what it leaves out. */
export function summaryOf(
  servers: readonly { readonly name: string; readonly conformance: Conformance }[],
): string {
  const rows = servers.map(({ name, conformance }) => {
    const files = new Set(conformance.behaviours.map(one => one.test)).size;
    const covered = `[${conformance.behaviours.length} behaviours](${name}/README.md#conformance) in ${files} test files`;
    return `| \`${name}\` | ${covered} | ${cell(conformance['left out'].join('; '))} |`;
  });
  return ['| Server | Covered | Deliberately not covered |', '| --- | --- | --- |', ...rows].join('\n');
}

const begin = '<!-- conformance: written by scripts/conformance.ts -->';
const end = '<!-- /conformance -->';

/** The text with a new table between its markers; undefined when it has none. */
export function replaceBetweenMarkers(text: string, table: string): string | undefined {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) return undefined;
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
