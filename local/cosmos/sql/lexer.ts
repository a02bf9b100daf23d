import { CosmosFault } from '../errors.ts';

export type Token = {
  readonly kind: 'word' | 'string' | 'number' | 'parameter' | 'sign' | 'end';
  readonly text: string;
  /** The decoded value of a string or number. */
  readonly value: string | number;
  readonly start: number;
  readonly end: number;
};

type Span = { readonly start: number; readonly end: number };

export type QueryProblem = { readonly code: string; readonly message: string; readonly span: Span };

/** 400 whose message points at the place, in the service's own form. */
export function queryFault(code: string, message: string, span: Span): CosmosFault {
  return queryFaults([{ code, message, span }]);
}

/** 400 that points at several places. */
export function queryFaults(problems: readonly QueryProblem[]): CosmosFault {
  const errors = problems.map(({ code, message, span }) => {
    return { severity: 'Error', location: { start: span.start, end: span.end }, code, message };
  });
  return new CosmosFault(400, `Message: ${JSON.stringify({ errors })}`);
}

const pattern =
  /(?<space>\s+|--[^\n]*)|(?<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|(?<parameter>@[\w]+)|(?<string>'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")|(?<sign>>>>|\?\?|\|\||<=|>=|!=|<>|<<|>>|[-+*/%=<>()[\]{},.:?&|^~])/gy;

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function decodeString(text: string): string {
  return text
    .slice(1, -1)
    .replace(
      /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
      (_, code: string | undefined, letter: string | undefined) =>
        code === undefined
          ? (escapes[letter ?? ''] ?? letter ?? '')
          : String.fromCharCode(Number.parseInt(code, 16)),
    );
}

/** Numbers are doubles; what is beyond them is refused here as it is in a document. */
function decodeNumber(text: string, span: Span): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw queryFault('SC1001', `Syntax error, invalid numeric value token '${text}'.`, span);
}

// https://learn.microsoft.com/azure/cosmos-db/concepts-limits#sql-query-limits
export const mostQueryBytes = 512 * 1024;

/** Cuts a query text into tokens; a character that begins none is a syntax error (SC1001). */
export function tokenize(text: string): readonly Token[] {
  if (Buffer.byteLength(text) > mostQueryBytes)
    throw new CosmosFault(
      400,
      `Message: {"Errors":["The SQL query text exceeded the maximum limit of ${mostQueryBytes} bytes."]}`,
    );
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) {
      const wrong = text.slice(at, at + 1);
      throw queryFault('SC1001', `Syntax error, invalid token '${wrong}'.`, { start: at, end: at + 1 });
    }
    const piece = match[0];
    const groups = match.groups ?? {};
    const kind = (['word', 'number', 'parameter', 'string', 'sign'] as const).find(
      name => groups[name] !== undefined,
    );
    if (kind !== undefined) {
      const span = { start: at, end: at + piece.length };
      let value: string | number = piece;
      if (kind === 'string') value = decodeString(piece);
      if (kind === 'number') value = decodeNumber(piece, span);
      tokens.push({ kind, text: piece, value, ...span });
    }
    at += piece.length;
  }
  tokens.push({ kind: 'end', text: '', value: '', start: text.length, end: text.length });
  return tokens;
}
