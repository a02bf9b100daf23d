/** A test for SQL's LIKE: % is any text, _ any one character; `escapeBy` takes the meaning from the next one. */
export function likeTest(pattern: string, escapeBy?: string): (value: string) => boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === escapeBy) {
      at += 1;
      source += literal(pattern[at] ?? '');
    } else if (character === '%') source += '.*';
    else if (character === '_') source += '.';
    else source += literal(character);
  }
  const expression = new RegExp(`^${source}$`, 's');
  return value => expression.test(value);
}

function literal(character: string): string {
  return character.replace(/[$()*+./?[\\\]^{|}-]/, '\\$&');
}
