export type Token = {
  readonly kind: 'name' | 'number' | 'string' | 'mark' | 'line' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

const SPACE = /(?:[ \t\r]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#disable[^\n]*)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /\d+/y;
const MARK = /\.\.\.|=>|==|!=|=~|!~|<=|>=|&&|\|\||\?\?|\.\?|\[\?|[{}()[\].,:?=!<>+\-*/%|@]/y;

/** Reads tokens of a Bicep file one after the other. Strings end at their opening quote: the parser reads on. */
export class Scanner {
  readonly source: string;
  position = 0;

  constructor(source: string) {
    this.source = source;
  }

  peek(): Token {
    const start = this.position;
    const token = this.#read(start + this.#length(SPACE, start));
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.position = token.end;
    return token;
  }

  /** Takes the token when it has this text, else nothing. */
  take(text: string): boolean {
    const token = this.peek();
    if (token.text !== text || token.kind === 'string') return false;
    this.position = token.end;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected ${text}`);
  }

  /** Goes past line ends. */
  lines(): void {
    while (this.peek().kind === 'line') this.next();
  }

  fail(reason: string): never {
    const before = this.source.slice(0, this.position);
    const line = before.split('\n').length;
    throw new Error(`line ${line}: ${reason}, found ${JSON.stringify(this.peek().text)}`);
  }

  #read(start: number): Token {
    const { source } = this;
    const token = (kind: Token['kind'], length: number): Token => ({
      kind,
      text: source.slice(start, start + length),
      start,
      end: start + length,
    });
    if (start >= source.length) return token('end', 0);
    if (source[start] === '\n') return token('line', 1);
    if (source[start] === "'") return token('string', source.startsWith("'''", start) ? 3 : 1);
    const name = this.#length(NAME, start);
    if (name > 0) return token('name', name);
    const number = this.#length(NUMBER, start);
    if (number > 0) return token('number', number);
    const mark = this.#length(MARK, start);
    if (mark > 0) return token('mark', mark);
    throw new Error(`a character that Bicep does not have: ${source.slice(start, start + 20)}`);
  }

  #length(pattern: RegExp, start: number): number {
    pattern.lastIndex = start;
    return pattern.exec(this.source)?.[0].length ?? 0;
  }
}
