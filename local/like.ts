/** What a place of a pattern takes: any text, or one character of some kind. */
type Place = 'any text' | ((character: string) => boolean);

type Dialect = {
  /** The character that takes the meaning from the next one. */
  readonly escapeBy?: string | undefined;
  /** Whether `[a-z]` is one character of a set. */
  readonly sets?: boolean;
};

/**
 * A test for SQL's LIKE: `%` is any text, `_` any one character. It never tries more than the length of the text times that of the
 * pattern, whatever a stranger has put together; a regular expression with several `.*` may go on for ever.
 */
export function likeTest(pattern: string, dialect: Dialect = {}): (text: string) => boolean {
  const places = placesOf([...pattern], dialect);
  return text => matches(places, [...text]);
}

function placesOf(pattern: readonly string[], { escapeBy, sets = false }: Dialect): readonly Place[] {
  const places: Place[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    const close = sets && character === '[' ? pattern.indexOf(']', at + 1) : -1;
    if (character === escapeBy) {
      at += 1;
      const literal = pattern[at];
      if (literal !== undefined) places.push(one => one === literal);
    } else if (character === '%') {
      if (places.at(-1) !== 'any text') places.push('any text');
    } else if (character === '_') places.push(() => true);
    else if (close > at + 1) {
      places.push(setTest(pattern.slice(at + 1, close)));
      at = close;
    } else places.push(one => one === character);
  }
  return places;
}

/** `^` in front takes all others, `a-z` is a range by code points; one that runs backwards makes the set empty. */
function setTest(set: readonly string[]): (character: string) => boolean {
  try {
    const inside = set.join('').replace(/[\\\]]/g, '\\$&');
    const expression = new RegExp(`^[${inside}]$`, 'u');
    return character => expression.test(character);
  } catch {
    return () => false;
  }
}

/** When a place fits no more, only the last "any text" before it can take one more character: what came earlier was taken as early as can be. */
function matches(places: readonly Place[], text: readonly string[]): boolean {
  let at = 0;
  let place = 0;
  let again: { place: number; at: number } | undefined;
  while (at < text.length) {
    const wanted = places[place];
    if (wanted === 'any text') {
      place += 1;
      again = { place, at };
    } else if (wanted?.(text[at] ?? '') === true) {
      place += 1;
      at += 1;
    } else if (again === undefined) return false;
    else {
      again = { place: again.place, at: again.at + 1 };
      ({ place, at } = again);
    }
  }
  while (places[place] === 'any text') place += 1;
  return place === places.length;
}
