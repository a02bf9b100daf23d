import * as z from 'zod';

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform(text => text === 'true');

const common = {
  TOUCHSTONE_BASE_DOMAIN: z.string().min(1),
  /** A tenant's own address; `{slug}` stands for the tenant. */
  TOUCHSTONE_PUBLIC_URL: z.string().includes('{slug}'),
  /** Names this deployment, and so where the data of its tenants lies. */
  TOUCHSTONE_REGION: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/),
  COSMOS_ENDPOINT: z.url(),
  COSMOS_DATABASE: z.string().min(1),
  SERVICE_BUS: z.string().min(1).optional(),
  SERVICE_BUS__fullyQualifiedNamespace: z.string().min(1).optional(),
  AZURE_CLIENT_ID: z.string().min(1).optional(),
  MESSAGING_DIRECT_SEND: flag(true),
};

const keyVault = { KEY_VAULT_ENDPOINT: z.url(), KEY_VAULT_CHALLENGE_VERIFICATION: flag(true) };
/** Texts with commas between them. */
const list = () =>
  z
    .string()
    .default('')
    .transform(text => text.split(',').filter(entry => entry !== ''));

const outbound = {
  OUTBOUND_ALLOW_LOOPBACK: flag(false),
  /** Name servers that are asked about custom domains, `192.0.2.1:53`; those of the system when there are none. */
  DNS_SERVERS: list(),
};
const vaultBlobs = { BLOB_VAULT_ENDPOINT: z.url() };
const exchangeBlobs = { BLOB_EXCHANGE_ENDPOINT: z.url() };

/** The settings that each app reads. Templates set these and no others; a test compares. */
export const appSettings = {
  api: z.object({
    ...common,
    ...keyVault,
    ...vaultBlobs,
    ...exchangeBlobs,
    ...outbound,
    RATE_LIMIT_FACTOR: z.coerce.number().min(0.01).default(1),
    DIAGNOSTIC_HEADERS: flag(false),
    /**
     * The proofs that a request came through our own Front Door, with commas between when it has several profiles; without
     * one forwarded hosts are not believed.
     */
    FRONT_DOOR_ID: list(),
  }),
  worker: z.object({
    ...common,
    ...keyVault,
    ...vaultBlobs,
    ...exchangeBlobs,
    ...outbound,
    /** Without a host nothing is mailed: such jobs fail after an hour. */
    SMTP_HOST: z.string().min(1).optional(),
    SMTP_PORT: z.coerce.number().int().min(1).max(65_535).default(587),
    SMTP_USER: z.string().min(1).optional(),
    SMTP_PASSWORD: z.string().min(1).optional(),
    /** The address that mail comes from; its domain is verified with the provider. */
    SMTP_FROM: z.email().optional(),
    RELAY_INTERVAL_SECONDS: z.coerce.number().int().min(1).max(60).default(5),
  }),
  render: z.object({
    ...common,
    ...keyVault,
    ...vaultBlobs,
    CHROMIUM_SINGLE_PROCESS: flag(false),
    PDF_TAGGED: flag(true),
  }),
};

export type AppName = keyof typeof appSettings;
export type Settings<A extends AppName = AppName> = z.infer<(typeof appSettings)[A]>;

/** What any of the apps may say; each says only its own. */
export type AnySettings = z.infer<z.ZodObject<typeof common>> &
  Partial<Settings<'api'> & Settings<'worker'> & Settings<'render'>>;

/**
 * An app's settings, parsed once. A missing or wrong one stops the start with the list of all that are, so that
 * nobody mends them one by one.
 */
export function readSettings<A extends AppName>(
  app: A,
  environment: Readonly<Record<string, string | undefined>>,
): Settings<A> {
  const outcome = appSettings[app].safeParse(environment);
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
  return Object.freeze(outcome.data) as Settings<A>;
}
