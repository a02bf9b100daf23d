import * as z from 'zod';

const Severity = z.enum(['info', 'low', 'moderate', 'high', 'critical']);

/** `npm audit --json`, as far as it is read here: findings by package, or why there are none. */
const Report = z.object({
  vulnerabilities: z
    .record(
      z.string(),
      z.object({ name: z.string(), severity: Severity, range: z.string(), isDirect: z.boolean() }),
    )
    .optional(),
  error: z.object({ summary: z.string().optional(), code: z.string().optional() }).optional(),
  message: z.string().optional(),
});

export type AuditOutcome =
  | { readonly outcome: 'clean' | 'found'; readonly lines: readonly string[] }
  | { readonly outcome: 'unknown'; readonly why: string };

const FAILING: readonly string[] = ['high', 'critical'];

/** What an audit found: `found` when something is high or critical, `unknown` when nobody could be asked. */
export function readAudit(output: string): AuditOutcome {
  const report = parse(output);
  if (report?.vulnerabilities === undefined) {
    const why = report?.error?.summary || report?.message || 'npm audit said nothing that can be read';
    return { outcome: 'unknown', why };
  }
  const findings = Object.values(report.vulnerabilities);
  const lines = findings
    .map(({ severity, name, range, isDirect }) => ({
      severity,
      text: `${name} ${range}${isDirect ? ', direct' : ''}`,
    }))
    .sort((left, right) => rank(right.severity) - rank(left.severity))
    .map(({ severity, text }) => `${severity}: ${text}`);
  const bad = findings.some(({ severity }) => FAILING.includes(severity));
  return { outcome: bad ? 'found' : 'clean', lines };
}

function rank(severity: z.infer<typeof Severity>): number {
  return Severity.options.indexOf(severity);
}

function parse(output: string): z.infer<typeof Report> | undefined {
  try {
    return Report.safeParse(JSON.parse(output)).data;
  } catch {
    return undefined;
  }
}
