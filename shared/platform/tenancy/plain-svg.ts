import type { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A drawing with nothing in it but shapes and texts, and what was left out for it. */
export type PlainSvg = { readonly svg: string; readonly removed: readonly string[] };

type Node = Readonly<Record<string, unknown>>;
type Parts = { readonly XMLParser: typeof XMLParser; readonly XMLValidator: typeof XMLValidator };

const TEXTS = new Set(['text', 'tspan', 'title', 'desc']);
const ELEMENTS = new Set([
  ...TEXTS,
  ...[
    'svg',
    'g',
    'defs',
    'symbol',
    'use',
    'path',
    'rect',
    'circle',
    'ellipse',
    'line',
    'polyline',
    'polygon',
  ],
  ...['linearGradient', 'radialGradient', 'stop', 'clipPath', 'mask', 'pattern'],
]);
const ATTRIBUTES = new Set([
  ...[
    'xmlns',
    'xmlns:xlink',
    'version',
    'viewBox',
    'preserveAspectRatio',
    'id',
    'class',
    'role',
    'aria-label',
  ],
  ...[
    'x',
    'y',
    'x1',
    'y1',
    'x2',
    'y2',
    'cx',
    'cy',
    'r',
    'rx',
    'ry',
    'fx',
    'fy',
    'dx',
    'dy',
    'width',
    'height',
  ],
  ...['d', 'points', 'pathLength', 'transform', 'rotate', 'textLength', 'lengthAdjust', 'text-anchor'],
  ...['fill', 'fill-opacity', 'fill-rule', 'clip-path', 'clip-rule', 'mask', 'opacity', 'color', 'display'],
  ...['stroke', 'stroke-width', 'stroke-opacity', 'stroke-linecap', 'stroke-linejoin', 'stroke-miterlimit'],
  ...['stroke-dasharray', 'stroke-dashoffset', 'vector-effect', 'visibility', 'shape-rendering', 'style'],
  ...['font-family', 'font-size', 'font-weight', 'font-style', 'letter-spacing', 'word-spacing', 'direction'],
  ...['dominant-baseline', 'alignment-baseline', 'offset', 'stop-color', 'stop-opacity', 'spreadMethod'],
  ...['gradientUnits', 'gradientTransform', 'patternUnits', 'patternContentUnits', 'patternTransform'],
  ...['clipPathUnits', 'maskUnits', 'maskContentUnits', 'href', 'xlink:href', 'xml:space', 'data-name'],
]);
/** Anything that markup, an entity, an escape or an at-rule could hide in. */
const UNSAFE = /[<>&"\\@]|\/\/|\/\*|(?:javascript|data|https?|file):/i;
/** What may be called: colours, sums, moves and variables; of addresses, `url()` within the drawing. Everything else may fetch, as `image-set()` and `src()` do. */
const CALL = /([\w-]*)\s*\(\s*(#?)/g;
const CALLS = new Set([
  ...[
    'rgb',
    'rgba',
    'hsl',
    'hsla',
    'hwb',
    'lab',
    'lch',
    'oklab',
    'oklch',
    'color',
    'color-mix',
    'var',
    'calc',
  ],
  ...['min', 'max', 'clamp', 'matrix', 'translate', 'translatex', 'translatey', 'scale', 'scalex', 'scaley'],
  ...['rotate', 'skewx', 'skewy'],
]);
const NAMESPACES = new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']);
/** Document types, with their entities, and CDATA sections; comments are left out without a word. */
const DECLARATION = /<!(?!--)/;

/**
 * The drawing in an SVG, written anew from an allow-list of elements and attributes; undefined when the text is none. What it
 * leaves out is named: `<script>`, `onload=`. References lead into the drawing itself alone.
 */
export async function plainSvg(text: string): Promise<PlainSvg | undefined> {
  const parts = await import('fast-xml-parser');
  const root = rootOf(parts, text);
  if (root === undefined) return undefined;
  const removed = new Set<string>();
  const svg = written(root, 'svg', removed);
  return { svg, removed: [...removed] };
}

function rootOf({ XMLParser, XMLValidator }: Parts, text: string): Node | undefined {
  if (DECLARATION.test(text) || XMLValidator.validate(text) !== true) return undefined;
  const parser = new XMLParser({
    ...{ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', processEntities: false },
    ...{ parseTagValue: false, parseAttributeValue: false, trimValues: false, ignorePiTags: true },
  });
  try {
    const nodes = (parser.parse(text) as readonly Node[]).filter(node => !('#text' in node));
    const [root] = nodes;
    return nodes.length === 1 && root !== undefined && Array.isArray(root['svg']) ? root : undefined;
  } catch {
    return undefined;
  }
}

function written(node: Node, name: string, removed: Set<string>): string {
  const attributes = Object.entries((node[':@'] ?? {}) as Readonly<Record<string, unknown>>)
    .filter(([attribute, value]) => isPlain(attribute, String(value)) || !removed.add(`${attribute}=`))
    .map(([attribute, value]) => ` ${attribute}="${String(value)}"`)
    .join('');
  const children = (node[name] as readonly Node[]).map(child => childOf(child, name, removed)).join('');
  return `<${name}${attributes}>${children}</${name}>`;
}

function childOf(node: Node, parent: string, removed: Set<string>): string {
  if ('#text' in node) return TEXTS.has(parent) ? escaped(String(node['#text'])) : '';
  const name = Object.keys(node).find(key => key !== ':@') ?? '';
  if (ELEMENTS.has(name) && Array.isArray(node[name])) return written(node, name, removed);
  removed.add(`<${name}>`);
  return '';
}

function isPlain(attribute: string, value: string): boolean {
  if (!ATTRIBUTES.has(attribute)) return false;
  if (attribute.startsWith('xmlns')) return NAMESPACES.has(value);
  if (attribute.endsWith('href')) return /^#[\w.-]+$/.test(value);
  if (UNSAFE.test(value)) return false;
  const calls = [...value.toLowerCase().matchAll(CALL)];
  return calls.every(([, name = '', hash]) => CALLS.has(name) || (name === 'url' && hash === '#'));
}

/** References to characters stay; whatever else could be markup is text. */
function escaped(text: string): string {
  return text
    .replaceAll(/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)/gi, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
