import { baseStyles } from '../../../platform/html/index.ts';
import type { CertificateContent } from './certificate-content.ts';
import type { CertificateTexts } from './texts.ts';

/** Height of the paper and the part of it between the margins, in millimetres. */
const papers = {
  A4: { size: 'A4', body: 297 - 22 - 21 },
  Letter: { size: 'letter', body: 279.4 - 22 - 21 },
} as const;

/** The certificate's style sheet: paper, running lines on every page, colours of the tenant. */
export function stylesheet(content: CertificateContent, texts: CertificateTexts): string {
  const paper = papers[content.paper];
  const rtl = texts.direction === 'rtl';
  const [start, end] = rtl ? ['right', 'left'] : ['left', 'right'];
  const identification = `${texts.certificateNumber} ${content.number} · ${texts.revision} ${content.revision}`;
  const { footer } = content.laboratory;
  const below = footer === undefined ? '' : ` "\\A " ${cssString(footer)}`;
  const pageOf = `"${texts.page} " counter(page) " ${texts.of} " counter(pages)`;
  return `${baseStyles}
@page {
  size: ${paper.size};
  margin: 22mm 18mm 21mm 18mm;
  font: 7.4pt Inter, Vazirmatn, sans-serif;
  color: #55606b;
  @top-${start} { content: ${cssString(content.laboratory.name)}; ${runningLine('top')} }
  @top-center { content: ""; ${runningLine('top')} }
  @top-${end} { content: ${cssString(content.title ?? texts.title)}; ${runningLine('top')} }
  @bottom-${start} { content: ${cssString(identification)}${below}; width: 70%; ${runningLine('bottom')} }
  @bottom-${end} { content: ${pageOf}; ${runningLine('bottom')} }
}
@page :first {
  margin-top: 14mm;
  @top-left { content: none }
  @top-center { content: none }
  @top-right { content: none }
}
:root { --accent: ${content.laboratory.colour}; --ink: #14181c; --soft: #55606b; --hair: #cfd6dc; --cover: ${paper.body + 7}mm }
${rules}${rtl ? rightToLeft : ''}`;
}

function runningLine(edge: 'top' | 'bottom'): string {
  return edge === 'top'
    ? 'vertical-align: bottom; margin-bottom: 5mm; padding-bottom: 1.6mm; border-bottom: 0.5pt solid #cfd6dc; white-space: nowrap'
    : 'vertical-align: top; margin-top: 5mm; padding-top: 1.8mm; border-top: 0.5pt solid #cfd6dc; white-space: pre-line';
}

/** A CSS string that is safe within a style element: everything but letters, digits and blanks is escaped. */
export function cssString(text: string): string {
  const escaped = [...text].map(char =>
    /[\p{L}\p{N} ]/u.test(char) ? char : `\\${char.codePointAt(0)?.toString(16)} `,
  );
  return `"${escaped.join('')}"`;
}

const rules = `
body { font-size: 8.4pt; line-height: 1.42; color: var(--ink) }
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0 }
p { text-wrap: pretty; orphans: 3; widows: 3 }
.watermark { position: fixed; inset: 0; display: flex; align-items: center; justify-content: center; z-index: -1 }
.watermark span { transform: rotate(-52deg); font-weight: 700; letter-spacing: .04em; color: #eceff2 }
.soft { color: var(--soft) }

.cover {  min-height: var(--cover); display: flex; flex-direction: column }
.letterhead { display: flex; justify-content: space-between; align-items: flex-start; gap: 10mm; padding-bottom: 4.5mm; border-bottom: 1.6pt solid var(--accent) }
.laboratory { display: flex; gap: 4.5mm; align-items: flex-start }
.laboratory img { max-height: 17mm; max-width: 40mm }
.laboratory strong { display: block; font-size: 12.5pt; font-weight: 600; line-height: 1.25; letter-spacing: -.01em }
.laboratory address span { white-space: nowrap; margin-inline-end: 4mm }
.laboratory address { font-style: normal; font-size: 7.6pt; line-height: 1.5; color: var(--soft); margin-top: 1mm }
.accreditation { text-align: end; font-size: 7.6pt; line-height: 1.5; color: var(--soft); flex: none; max-width: 58mm; padding-top: .6mm }
.accreditation strong { display: block; color: var(--ink); font-weight: 600; font-size: 8.6pt }

.heading { display: flex; justify-content: space-between; gap: 10mm; padding: 7mm 0 5mm }
.heading h1 { font-size: 24pt; font-weight: 600; line-height: 1.1; letter-spacing: -.022em }
.number { margin-top: 4mm; font-size: 11.5pt; font-weight: 500 }
.number small { font-size: 8.6pt; font-weight: 400; color: var(--soft); margin-inline-end: 2mm }
.number small + b { font-weight: 600 }
.number span { margin-inline-start: 6mm }
.supersedes { margin-top: 2.6mm; max-width: 118mm; font-size: 8pt }
.verify { flex: none; display: flex; flex-direction: column; align-items: center; width: 31mm; font-size: 6.8pt; line-height: 1.45; text-align: center; color: var(--soft) }
.verify .qr { width: 25mm; height: 25mm; margin: -2mm 0 0 }
.verify b { color: var(--ink); font-weight: 500; }

.facts { display: grid; grid-template-columns: 1fr 1fr; column-gap: 9mm }
.facts section + section { margin-top: 4mm }
.facts h2, .conformity h2, .sign h2 { font-size: 8.6pt; font-weight: 600; color: var(--accent); padding-bottom: 1.3mm; border-bottom: .6pt solid var(--hair) }
dl > div { display: grid; grid-template-columns: 30mm 1fr; gap: 3mm; padding: .95mm 0; border-bottom: .4pt solid #e6eaee }
dl > div:last-child { border-bottom: 0 }
dt { color: var(--soft); font-size: 7.8pt; line-height: 1.56 }
dd { font-weight: 500; font-size: 8.4pt; overflow-wrap: anywhere }
dd small { display: block; font-weight: 400; font-size: 7.8pt; color: var(--soft) }

.conformity { margin-top: 6mm; break-inside: avoid }
.conformity p { margin-top: 2.2mm }
.conformity .outcome { font-size: 10.5pt; font-weight: 600; margin-inline-end: 3mm }
.sign { margin-top: auto; padding-top: 5mm; break-inside: avoid }
.signatures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6mm; margin-top: 2.5mm }
.signature { font-size: 7.6pt; line-height: 1.5 }
.signature .role { color: var(--soft) }
.signature .name { font-size: 10pt; font-weight: 600; line-height: 1.4; padding-bottom: 1.4mm; margin-bottom: 1.6mm; border-bottom: .8pt solid var(--ink); margin-top: 3mm }
.signature .digest { font-size: 6.8pt; color: var(--soft); overflow-wrap: anywhere }
.legal { margin-top: 4.5mm; font-size: 7.2pt; line-height: 1.5; color: var(--soft) }

.details { break-before: page }
section.part { margin-top: 6.5mm }
section.part:first-child { margin-top: 0 }
.part h2 { font-size: 11pt; font-weight: 600; letter-spacing: -.005em; margin-bottom: 2.4mm; break-after: avoid }
.part h2 span { display: inline-block; min-width: 7mm; color: var(--accent) }
.part h3 { font-size: 8.6pt; font-weight: 600; margin: 4mm 0 1.6mm; break-after: avoid }
.part p + p { margin-top: 1.8mm }
.part p.note { font-size: 7.6pt; color: var(--soft); margin: 1.4mm 0 0 }
.part ul.plain { padding-inline-start: 4mm }

table { width: 100%; border-collapse: collapse; font-size: 8pt; line-height: 1.35; border-top: .9pt solid var(--ink); border-bottom: .9pt solid var(--ink) }
thead { display: table-header-group }
tr { break-inside: avoid }
tbody tr:first-child, tbody tr:nth-last-child(2) { break-after: avoid }
table.short { break-inside: avoid }
.both-runs thead th { padding-inline: 1.2mm }
.both-runs tbody > tr > * { padding-inline: 1.2mm; font-size: 7.5pt }
.both-runs tbody > tr > :first-child { padding-inline-start: 0 }
.both-runs tbody > tr > :last-child, .both-runs thead > tr > .n:last-child { padding-inline-end: 0 }
th { font-weight: 500; text-align: start; vertical-align: bottom; color: var(--soft); font-size: 7.3pt; line-height: 1.3 }
th small { display: block; font-size: 7pt; font-weight: 400 }
thead th { padding: 1.2mm 1.8mm 1.1mm; border-bottom: .6pt solid var(--ink) }
thead tr:not(:last-child) th.group { border-bottom: 0; padding-bottom: 0 }
th.group span { display: block; text-align: center; color: var(--ink); border-bottom: .4pt solid #9aa5af; padding-bottom: .9mm; margin-inline-start: 3mm }
td, tbody th, tfoot th { padding: .78mm 1.8mm; border-bottom: .4pt solid #e3e7eb; vertical-align: top; color: var(--ink); font: 7.9pt/1.35 'IBM Plex Sans', Inter, Vazirmatn, sans-serif }
tbody tr:last-child > * { border-bottom: 0 }
tr > :first-child { padding-inline-start: 0 }
tr > :last-child { padding-inline-end: 0 }
.n { text-align: end; white-space: nowrap }
thead .n { white-space: normal }
.id { white-space: nowrap }
.strong { font-weight: 600 }
.fail { font-weight: 600; color: #a1323a }
.conditional { color: #8a5a00 }
tfoot { display: table-row-group }
tfoot td, tfoot th { border-bottom: 0; line-height: 1.35; border-top: .4pt solid var(--hair) }
tfoot tr:first-child > * { border-top: .6pt solid var(--ink) }
tfoot td { font-weight: 600 }
tfoot th { font-weight: 600 }
tfoot i { font-family: Inter; font-weight: 400 }
.freedom { width: 15mm }
tr.tail { break-before: avoid }
.narrow { width: 62% }
.part p + table, table + table { margin-top: 3mm }
.note + table { margin-top: 5mm }
.budget tbody th { width: 26% }
.budget .tail th { width: auto }
.label { text-align: start }

figure { break-inside: avoid; margin-top: 2mm }
.curve { display: block; width: 100% }
.curve .tick text { font-size: 9.6px; fill: #55606b }
.curve .axis text { font-size: 10.4px; fill: #14181c; font-weight: 500 }
.legend { list-style: none; display: grid; gap: 1mm 5mm; margin: 1.5mm 0 0; font-size: 7.4pt; color: var(--soft) }
.legend.halves { grid-template-columns: repeat(2, max-content) }
.legend.thirds { grid-template-columns: repeat(3, max-content) }
.legend li { display: flex; align-items: center; gap: 1.6mm }
.legend svg { width: 6.4mm; height: 3.5mm; fill: none; flex: none }
figcaption, caption { font-size: 7.8pt; color: var(--soft) }
figcaption { margin-top: 1.6mm }
caption { caption-side: top; text-align: start; padding-bottom: 1.4mm; color: var(--ink); font-weight: 600; break-after: avoid }
caption span { font-weight: 400; color: var(--soft) }

.end { margin-top: 9mm; display: flex; align-items: center; gap: 4mm; font-size: 7.6pt; color: var(--soft); break-before: avoid }
.end::before, .end::after { content: ""; flex: 1; border-top: .5pt solid var(--hair) }
`;

// Values in Latin letters and figures keep their own direction, so that signs stay before their numbers.
const rightToLeft = `
body, td, tbody th, tfoot th { font-family: Vazirmatn, 'IBM Plex Sans', Inter, sans-serif }
body { line-height: 1.6 }
h1, .laboratory strong, .part h2 { letter-spacing: 0 }
p, dd, caption, figcaption { unicode-bidi: plaintext; text-align: right }
.verify, .verify span { text-align: center }
.n { direction: ltr; unicode-bidi: isolate; text-align: left }
.number b, .verify b, .end { unicode-bidi: isolate }
`;
