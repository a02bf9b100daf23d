/** A piece of XML: its name, its attributes and either text or children; what is undefined is left out. */
export type Element = {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content?: string | readonly (Element | undefined)[];
};

/** Writes an element with everything in it. */
export function writeXml({ name, attributes = {}, content = '' }: Element): string {
  const start = `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('')}>`;
  const inner =
    typeof content === 'string'
      ? escaped(content)
      : content.map(child => (child === undefined ? '' : writeXml(child))).join('');
  return `${start}${inner}</${name}>`;
}

/** An element with text. */
export function text(name: string, value: string | number | boolean): Element {
  return { name, content: String(value) };
}

/** A parsed element: attributes begin with `@`, text beside attributes is `#text`. */
export type Node = Readonly<Record<string, unknown>>;

/** Reads XML without namespaces and without guessing types. Throws when it is none. */
export async function readXml(source: string): Promise<Node> {
  // Loaded by the first request of the administration client: most namespaces never see one.
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  const verdict = XMLValidator.validate(source);
  if (verdict !== true) throw new SyntaxError(verdict.err.msg);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: true,
  });
  return asNode(parser.parse(source));
}

/** A child element; an empty one when it has no children or is not there. */
export function child(node: Node, name: string): Node {
  return asNode(node[name]);
}

/** The children of that name. */
export function children(node: Node, name: string): Node[] {
  const found = node[name];
  return (Array.isArray(found) ? found : found === undefined ? [] : [found]).map(asNode);
}

/** The text of a child element, undefined when it is not there. */
export function textOf(node: Node, name: string): string | undefined {
  const found = node[name];
  if (typeof found === 'string') return found;
  const inner = asNode(found)['#text'];
  return typeof inner === 'string' ? inner : undefined;
}

function asNode(value: unknown): Node {
  return typeof value === 'object' && value !== null ? (value as Node) : {};
}

function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
