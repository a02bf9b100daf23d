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
  const expanded = text.replace(/%([^%]*)%/g, (_, name: string) => {
    const value = findSetting(settings, name);
    if (value === undefined)
      throw new StartError([`${where}: the setting "${name}" of "${text}" does not exist`]);
    return value;
  });
  if ((text.match(/%/g)?.length ?? 0) % 2 === 1)
    throw new StartError([`${where}: "${text}" has a "%" without its closing "%"`]);
  return expanded;
}

/**
 * A setting by its name; `:` and `__` both separate sections and case does not count, as in .NET configuration. Empty
 * counts as missing.
 */
export function findSetting(settings: Settings, name: string): string | undefined {
  const value = settings[name] ?? settings[name.replaceAll(':', '__')] ?? findAnyCase(settings, name);
  return value === undefined || value === '' ? undefined : value;
}

function findAnyCase(settings: Settings, name: string): string | undefined {
  const wanted = name.replaceAll(':', '__').toLowerCase();
  const key = Object.keys(settings).find(known => known.replaceAll(':', '__').toLowerCase() === wanted);
  return key === undefined ? undefined : settings[key];
}
