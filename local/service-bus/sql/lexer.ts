export type Token =
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'string'; readonly value: string }
  /** A property name in brackets or double quotes is `quoted` and never a keyword. */
  | { readonly kind: 'name'; readonly value: string; readonly quoted: boolean }
  /** `@name`, with its sign. */
  | { readonly kind: 'parameter'; readonly value: string }
  | { readonly kind: 'symbol'; readonly value: string }
  | { readonly kind: 'end' };

/** A name begins with a letter; others must be quoted (service-bus-messaging-sql-filter, property_name). */
const pattern =
  /\s+|(?<number>0x[0-9a-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|'(?<string>(?:[^']|'')*)'|\[(?<bracketed>(?:[^\]]|\]\])*)\]|"(?<quoted>(?:[^"]|"")*)"|(?<parameter>@[\p{L}_][\p{L}\p{N}_]*)|(?<name>\p{L}[\p{L}\p{N}_]*)|(?<symbol><>|!=|<=|>=|[-=<>+*/%(),.;])/iuy;

/** Cuts a SQL filter or action into tokens. Throws SyntaxError with the place of what it cannot read. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) throw new SyntaxError(`Unexpected character at position ${at}.`);
    const token = tokenOf(groups);
    if (token !== undefined) tokens.push(token);
  }
  tokens.push({ kind: 'end' });
  return tokens;
}

function tokenOf(groups: Partial<Record<string, string>>): Token | undefined {
  if (groups['number'] !== undefined) return { kind: 'number', value: numberOf(groups['number']) };
  if (groups['string'] !== undefined)
    return { kind: 'string', value: groups['string'].replaceAll("''", "'") };
  if (groups['bracketed'] !== undefined) {
    return { kind: 'name', value: groups['bracketed'].replaceAll(']]', ']'), quoted: true };
  }
  if (groups['quoted'] !== undefined) {
    return { kind: 'name', value: groups['quoted'].replaceAll('""', '"'), quoted: true };
  }
  if (groups['name'] !== undefined) return { kind: 'name', value: groups['name'], quoted: false };
  if (groups['parameter'] !== undefined) return { kind: 'parameter', value: groups['parameter'] };
  if (groups['symbol'] !== undefined) return { kind: 'symbol', value: groups['symbol'] };
  return undefined;
}

/** Constants without a point or an exponent are whole numbers. */
function numberOf(text: string): number | bigint {
  return /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : Number(text);
}
