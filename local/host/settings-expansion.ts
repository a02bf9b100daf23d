export type Settings = Readonly<Record<string, string | undefined>>;

/** Everything that keeps the host from starting, told at once. */
export class StartError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Replaces each `%name%` of a binding property by that setting, as the real host's name resolver does.
 * Throws a StartError that names the setting when it is missing.
 */
export function expandSettings(text: string, settings: Settings, where: string): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = findSetting(settings, name);
    if (value === undefined)
      throw new StartError([`${where}: the setting "${name}" of "${text}" does not exist`]);
    return value;
  });
}

/** A setting by its name; `:` and `__` both separate sections, as in .NET configuration. Empty counts as missing. */
export function findSetting(settings: Settings, name: string): string | undefined {
  const value = settings[name] ?? settings[name.replaceAll(':', '__')];
  return value === undefined || value === '' ? undefined : value;
}

export type Connection =
  | { readonly kind: 'connectionString'; readonly value: string }
  | { readonly kind: 'identity'; readonly address: string };

/**
 * The connection that a binding names: setting `X` holds a connection string, or `X__<suffix>` an address that is
 * reached with the app's identity. Settings called `AzureWebJobsX` come first, as in the real host.
 */
export function findConnection(
  settings: Settings,
  name: string,
  suffixes: readonly string[],
  where: string,
): Connection {
  for (const key of [`AzureWebJobs${name}`, name]) {
    const value = findSetting(settings, key) ?? findSetting(settings, `ConnectionStrings__${key}`);
    if (value !== undefined) return { kind: 'connectionString', value };
    for (const suffix of suffixes) {
      const address = findSetting(settings, `${key}__${suffix}`);
      if (address !== undefined) return { kind: 'identity', address };
    }
  }
  const alternatives = suffixes.map(suffix => `"${name}__${suffix}"`).join(' or ');
  throw new StartError([`${where}: the connection setting "${name}" does not exist (nor ${alternatives})`]);
}
