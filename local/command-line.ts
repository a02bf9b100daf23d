/**
 * What `parse` reads from the command line. A wrong option is answered with one sentence and the options that there
 * are, and ends the process with code 2.
 */
export function parseOrExplain<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isParseError(error)) throw error;
    // What follows the first sentence is Node's advice on positional arguments.
    process.stderr.write(`${error.message.split('. ')[0]?.replace(/\.$/, '')}.\n\n${usage}\n`);
    process.exit(2);
  }
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
