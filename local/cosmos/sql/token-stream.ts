import type { Token } from './lexer.ts';
import { queryFault } from './lexer.ts';

/** The words that cannot be identifiers. */
const reserved: ReadonlySet<string> = new Set(
  'SELECT DISTINCT TOP VALUE FROM JOIN IN WHERE GROUP ORDER BY ASC DESC OFFSET LIMIT AND OR NOT BETWEEN LIKE ESCAPE EXISTS ARRAY AS TRUE FALSE NULL UNDEFINED UDF'.split(
    ' ',
  ),
);
// ARRAY, VALUE, LIMIT and such also occur as property names, which is always allowed after a dot.
const reservedOnlyByPlace: ReadonlySet<string> = new Set([
  'ARRAY',
  'VALUE',
  'OFFSET',
  'LIMIT',
  'UDF',
  'ASC',
  'DESC',
  'ESCAPE',
  'TOP',
]);

/** A cursor over the tokens of a query, with the two errors that every parser needs. */
export class TokenStream {
  private readonly tokens: readonly Token[];
  private at = 0;

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
    const word = token.text.toUpperCase();
    return !reserved.has(word) || reservedOnlyByPlace.has(word);
  }

  unexpected(token: Token = this.peek()): Error {
    const what = token.kind === 'end' ? 'end of query' : token.text;
    return queryFault('SC1001', `Syntax error, incorrect syntax near '${what}'.`, token);
  }
}
