import { mostLevels, tooDeep } from './depth.ts';
import type { QueryProblem, Token } from './lexer.ts';
import { queryFault, queryFaults } from './lexer.ts';

/** The words that cannot be identifiers: not an alias, and not a property after a dot (`c["value"]` is the way). */
const reserved: ReadonlySet<string> = new Set(
  'AND ARRAY AS ASC BETWEEN BY DESC DISTINCT ESCAPE EXISTS FALSE FROM GROUP IN JOIN LEFT LIKE LIMIT NOT NULL OFFSET OR ORDER RIGHT SELECT TOP TRUE UDF UNDEFINED VALUE WHERE'.split(
    ' ',
  ),
);

/** Whether a text can stand as a name in a query without quotes. */
export function isPlainName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text) && !reserved.has(text.toUpperCase());
}

/** A cursor over the tokens of a query, with the two errors that every parser needs. */
export class TokenStream {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;
  private readonly problems: QueryProblem[] = [];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
    if (token === undefined) throw new Error('a token stream always ends with an end token');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  /** Where the token that was taken last ends. */
  lastEnd(): number {
    return this.tokens[this.at - 1]?.end ?? 0;
  }

  /** Whether the next tokens are these keywords or signs. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const token = this.peek(ahead);
      if (token.kind === 'word') return token.text.toUpperCase() === word;
      return token.kind === 'sign' && token.text === word;
    });
  }

  /** Takes the next tokens when they are these words. */
  take(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.at += words.length;
    return true;
  }

  /** Takes exactly these words or fails at the first that differs. */
  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.take(word)) throw this.unexpected();
  }

  /** Takes an identifier; keywords are none. */
  identifier(): Token {
    const token = this.peek();
    if (!this.seesIdentifier()) throw this.unexpected();
    return this.next() && token;
  }

  seesIdentifier(): boolean {
    const token = this.peek();
    if (token.kind !== 'word') return false;
    return !reserved.has(token.text.toUpperCase());
  }

  /** Reads what is nested in something else; a fault at the place where that goes too deep. */
  nested<Part>(read: () => Part): Part {
    if (this.depth >= mostLevels) throw tooDeep(this.peek());
    this.depth += 1;
    const part = read();
    this.depth -= 1;
    return part;
  }

  /** Notes what reads well and is refused all the same; `end` tells of it, after any syntax error. */
  refuse(problem: QueryProblem): void {
    this.problems.push(problem);
  }

  /** Ends the reading: a fault for what is left over, or for all that was refused. */
  end(): void {
    if (this.peek().kind !== 'end') throw this.unexpected();
    if (this.problems.length > 0) throw queryFaults(this.problems);
  }

  unexpected(token: Token = this.peek()): Error {
    const what = token.kind === 'end' ? 'end of query' : token.text;
    return queryFault('SC1001', `Syntax error, incorrect syntax near '${what}'.`, token);
  }
}
