import { styleText } from 'node:util';

/** Prints each step with what came of it and how long it took. */
export type Narrator = {
  step<T>(what: string, work: () => Promise<T>, tell?: (result: T) => string): Promise<T>;
  heading(text: string): void;
  readonly steps: number;
  /** The step that is being taken. */
  readonly current: string | undefined;
};

/** A narrator on standard output. A failing step is told before its error goes on. */
export function narrator(): Narrator {
  let steps = 0;
  let current: string | undefined;
  return {
    get steps() {
      return steps;
    },
    get current() {
      return current;
    },
    heading: text => say(`\n${styleText('bold', text)}`),
    step: async (what, work, tell) => {
      const started = performance.now();
      current = what;
      try {
        const result = await work();
        steps += 1;
        const detail = tell === undefined ? '' : styleText('dim', tell(result));
        say(`${styleText('green', '✓')} ${what.padEnd(46)} ${duration(started)}  ${detail}`);
        return result;
      } catch (error) {
        say(`${styleText('red', '✗')} ${what.padEnd(46)} ${duration(started)}`);
        throw error;
      }
    },
  };
}

function duration(started: number): string {
  return styleText('yellow', `${(performance.now() - started).toFixed(0).padStart(6)} ms`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
