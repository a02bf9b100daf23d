import * as z from 'zod';

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform(text => text === 'true');

const Common = z.object({
  TOUCHSTONE_ENVIRONMENT: z.string().min(1),
  TOUCHSTONE_BASE_DOMAIN: z.string().min(1),
  /** A tenant's own address; `{slug}` stands for the tenant. */
  TOUCHSTONE_PUBLIC_URL: z.string().includes('{slug}'),
  COSMOS_ENDPOINT: z.url(),
  COSMOS_DATABASE: z.string().min(1),
  BLOB_VAULT_ENDPOINT: z.url(),
  KEY_VAULT_ENDPOINT: z.url(),
  KEY_VAULT_CHALLENGE_VERIFICATION: flag(true),
  SERVICE_BUS: z.string().min(1).optional(),
  SERVICE_BUS__fullyQualifiedNamespace: z.string().min(1).optional(),
  AZURE_CLIENT_ID: z.string().min(1).optional(),
  MESSAGING_DIRECT_SEND: flag(true),
  RELAY_INTERVAL_SECONDS: z.coerce.number().int().min(1).max(60).default(5),
  OUTBOUND_ALLOW_PRIVATE: flag(false),
  DIAGNOSTIC_HEADERS: flag(false),
  /** The proof that a request came through our own Front Door; without it forwarded hosts are not believed. */
  FRONT_DOOR_ID: z.string().min(1).optional(),
  CHROMIUM_SINGLE_PROCESS: flag(false),
  PDF_TAGGED: flag(true),
});

export type Settings = z.infer<typeof Common>;

/**
 * The app's settings, parsed once. A missing or wrong one stops the start with the list of all that are, so that
 * nobody mends them one by one.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const outcome = Common.safeParse(environment);
  const problems = outcome.success
    ? []
    : outcome.error.issues.map(issue => {
        const name = issue.path.join('.');
        return `${name}: ${environment[name] === undefined ? 'missing' : issue.message}`;
      });
  if (
    environment['SERVICE_BUS'] === undefined &&
    environment['SERVICE_BUS__fullyQualifiedNamespace'] === undefined
  ) {
    problems.push('SERVICE_BUS__fullyQualifiedNamespace (or SERVICE_BUS): missing');
  }
  if (!outcome.success || problems.length > 0) {
    throw new Error(`These settings are missing or wrong:\n${problems.map(line => `  ${line}`).join('\n')}`);
  }
  return Object.freeze(outcome.data);
}
