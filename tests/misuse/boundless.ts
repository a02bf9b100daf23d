type Schema = Readonly<Record<string, unknown>>;

/** Formats that only short texts have. */
const SHORT_FORMATS = ['date', 'date-time', 'time', 'uuid'];

/** Pointers to the texts and lists of a JSON schema that may be of any length. */
export function boundless(schema: unknown, pointer = '#'): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((part, index) => boundless(part, `${pointer}/${index}`));
  const { properties, ...rest }: Schema = { ...schema };
  const own = isBoundless(rest) ? [pointer] : [];
  const fields = Object.entries(properties ?? {}).flatMap(([name, field]) =>
    boundless(field, `${pointer}/${name}`),
  );
  const parts = ['items', 'anyOf', 'oneOf', 'allOf', 'additionalProperties', 'prefixItems'];
  return [...own, ...fields, ...parts.flatMap(part => boundless(rest[part], `${pointer}/${part}`))];
}

function isBoundless(schema: Schema): boolean {
  if (schema['type'] === 'array') return schema['maxItems'] === undefined;
  if (schema['type'] !== 'string') return false;
  const isFixed = 'enum' in schema || 'const' in schema || SHORT_FORMATS.includes(String(schema['format']));
  return !isFixed && schema['maxLength'] === undefined;
}
