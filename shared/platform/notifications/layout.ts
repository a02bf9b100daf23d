import type { Language } from '../../kernel/languages/index.ts';

/** What a mail says, without its dress. */
export type Letter = {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string } | undefined;
  readonly closing: string;
};

/** A letter as plain text. */
export function letterText({ greeting, paragraphs, action, closing }: Letter): string {
  const link = action === undefined ? [] : [`${action.label}:\n${action.url}`];
  return `${[greeting, ...paragraphs, ...link, closing].join('\n\n')}\n`;
}

/** A letter as HTML, in the direction of its language and the colour of its sender. */
export function letterHtml(letter: Letter, language: Language, colour: string): string {
  const { subject, greeting, paragraphs, action, closing } = letter;
  const direction = language === 'fa' ? 'rtl' : 'ltr';
  const text = (part: string): string => `<p style="margin:0 0 16px">${escapeHtml(part)}</p>`;
  const link =
    action === undefined
      ? ''
      : `<p style="margin:0 0 16px"><a href="${escapeHtml(action.url)}" style="display:inline-block;padding:12px 20px;background:${escapeHtml(colour)};color:#ffffff;text-decoration:none;border-radius:4px">${escapeHtml(action.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px" dir="ltr">${escapeHtml(action.url)}</p>`;
  return `<!doctype html><html lang="${language}" dir="${direction}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.6 Vazirmatn,Tahoma,Arial,sans-serif;color:#1a1a1a;max-width:600px">
${text(greeting)}${paragraphs.map(text).join('')}${link}${text(closing)}</body></html>`;
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
