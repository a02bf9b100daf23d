/** A body that the described schema does not allow, and where it is wrong. */
export type BodyAbuse = { readonly why: string; readonly body: unknown; readonly pointer: string };

const OTHER_TYPES: readonly unknown[] = [null, true, -7.5, 'no such value', [], {}, [['nested']]];
/** Longer than the longest text that any field takes, well below the most that a body may have. */
const LONG = 'x'.repeat(20_000);

type Place = { readonly pointer: string; readonly value: unknown; readonly put: (value: unknown) => unknown };

/**
 * The example with one thing wrong, once for each thing that can be: every field of a wrong type, left out, too long or
 * with an unknown neighbour. `isAllowed` judges by the published schema, so what it allows is no abuse.
 */
export function bodyAbuses(example: unknown, isAllowed: (body: unknown) => boolean): readonly BodyAbuse[] {
  const tried = [...placesIn({ pointer: '#', value: example, put: value => value })].flatMap(place => [
    ...wrongTypes(place),
    ...tooLong(place),
    ...members(place),
  ]);
  return tried.filter(abuse => !isAllowed(abuse.body));
}

function* placesIn(place: Place): Generator<Place> {
  yield place;
  const { value } = place;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    yield* placesIn({
      pointer: `${place.pointer}/${name}`,
      value: member,
      put: changed =>
        place.put(Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [name]: changed })),
    });
  }
}

function wrongTypes({ pointer, value, put }: Place): readonly BodyAbuse[] {
  return OTHER_TYPES.filter(other => typeOf(other) !== typeOf(value)).map(other => ({
    why: `${JSON.stringify(other)} at ${pointer}`,
    body: put(other),
    pointer,
  }));
}

function tooLong({ pointer, value, put }: Place): readonly BodyAbuse[] {
  if (typeof value !== 'string') return [];
  return [{ why: `20,000 characters at ${pointer}`, body: put(LONG), pointer }];
}

/** Each member left out, and one that nobody knows. */
function members({ pointer, value, put }: Place): readonly BodyAbuse[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const without = Object.keys(value).map(name => ({
    why: `no ${name} at ${pointer}`,
    body: put(Object.fromEntries(Object.entries(value).filter(([other]) => other !== name))),
    pointer: `${pointer}/${name}`,
  }));
  const surprise = {
    why: `an unknown field at ${pointer}`,
    body: put({ ...value, surprise: 1 }),
    pointer: `${pointer}/surprise`,
  };
  return [...without, surprise];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
