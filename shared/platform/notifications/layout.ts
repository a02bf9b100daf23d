import type { Language } from '../../kernel/languages/index.ts';

/** What a mail says, without its dress. */
export type Letter = {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string } | undefined;
  readonly closing: string;
};

/** The dress of the house that writes: its colour, and what stands at the foot of all that it sends. */
export type Letterhead = { readonly colour: string; readonly footer?: string | undefined };

/** A letter as plain text; the footer is below the line that mail programs know (RFC 3676, section 4.3). */
export function letterText(
  { greeting, paragraphs, action, closing }: Letter,
  { footer }: Letterhead,
): string {
  const link = action === undefined ? [] : [`${action.label}:\n${action.url}`];
  const foot = footer === undefined ? [] : [`-- \n${footer}`];
  return `${[greeting, ...paragraphs, ...link, closing, ...foot].join('\n\n')}\n`;
}

/** A letter as HTML, in the direction of its language and the dress of its sender. */
export function letterHtml(letter: Letter, language: Language, { colour, footer }: Letterhead): string {
  const { subject, greeting, paragraphs, action, closing } = letter;
  const direction = language === 'fa' ? 'rtl' : 'ltr';
  const text = (part: string): string => `<p style="margin:0 0 16px">${escapeHtml(part)}</p>`;
  const link =
    action === undefined
      ? ''
      : `<p style="margin:0 0 16px"><a href="${escapeHtml(action.url)}" style="display:inline-block;padding:12px 20px;background:${escapeHtml(colour)};color:#ffffff;text-decoration:none;border-radius:4px">${escapeHtml(action.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px" dir="ltr">${escapeHtml(action.url)}</p>`;
  const foot =
    footer === undefined
      ? ''
      : `<p dir="auto" style="margin:32px 0 0;padding-top:16px;border-top:1px solid #d5dbe1;font-size:13px;color:#4a545e;white-space:pre-line">${escapeHtml(footer)}</p>`;
  return `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.6 Vazirmatn,Tahoma,Arial,sans-serif;color:#1a1a1a;max-width:600px">
${text(greeting)}${paragraphs.map(text).join('')}${link}${text(closing)}${foot}</body></html>`;
}

/** Text inside of HTML, attributes included. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": '#39',
  };
  return text.replaceAll(/[&<>"']/g, sign => `&${names[sign]};`);
}
