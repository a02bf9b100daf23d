import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * What `parse` reads from the command line. `--help` prints the options that there are and ends the process with code 0; a wrong
 * option is answered with one sentence and the same, and code 2.
 */
export function parseOrExplain<T>(usage: string, parse: () => T): T {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parse();
  } catch (error) {
    if (!isParseError(error)) throw error;
    // What follows the first sentence is Node's advice on positional arguments.
    process.stderr.write(`${error.message.split('. ')[0]?.replace(/\.$/, '')}.\n\n${usage}\n`);
    process.exit(2);
  }
}

/** `parseArgs` for a script that has no more to say than its options, unless it gives a usage of its own. */
export function readOptions<const Config extends ParseArgsConfig>(
  config: Config,
  usage = optionsOf(config),
): ReturnType<typeof parseArgs<Config>> {
  return parseOrExplain(usage, () => parseArgs(config));
}

function optionsOf({ options = {} }: ParseArgsConfig): string {
  const each = Object.entries(options).map(
    ([name, { type }]) => `--${name}${type === 'string' ? ' VALUE' : ''}`,
  );
  return `Options: ${each.join(', ')}`;
}

/** The value of `--ports`; throws as `parseArgs` does when it is neither of the two. */
export function readPorts(value: string): 'fixed' | 'free' {
  if (value === 'fixed' || value === 'free') return value;
  const message = `Option '--ports <value>' is fixed or free, not ${value}`;
  throw Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' });
}

function isParseError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
