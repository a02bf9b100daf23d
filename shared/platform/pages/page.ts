import { createHash } from 'node:crypto';
import { type Language, scripts } from '../../kernel/languages/index.ts';
import { escapeHtml } from '../notifications/index.ts';

/** A page with one form on it. */
export type Page = {
  readonly language: Language;
  readonly tenant: string;
  readonly title: string;
  readonly intro: string;
  /** Said first and read out at once: what was wrong, or that it is done. */
  readonly notice?: { readonly tone: 'good' | 'bad'; readonly text: string } | undefined;
  /** What the reader decides about, or has to know, point by point; `code` is what programs call it. */
  readonly points?: { readonly title: string; readonly items: readonly PagePoint[] } | undefined;
  readonly form?: PageForm | undefined;
  /** Terms, each with what it means; a term can be led to by `#` and its anchor. */
  readonly terms?: readonly PageTerm[] | undefined;
  /** Where the form may lead by a redirect, beside this very host. */
  readonly leadsTo?: string | undefined;
  readonly status?: number;
};

export type PagePoint = { readonly text: string; readonly code?: string };

export type PageTerm = { readonly anchor: string; readonly term: string; readonly meaning: string };

export type PageForm = {
  readonly action: string;
  readonly submit: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly fields: readonly PageField[];
};

export type PageField = {
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  /** WCAG 2.1, 1.3.5: what password managers and browsers fill in. */
  readonly autocomplete: string;
  readonly required: boolean;
  readonly hint?: string;
};

const STYLE = `*{box-sizing:border-box}body{font:1rem/1.6 system-ui,Vazirmatn,Tahoma,sans-serif;margin:0;color:#16191d;background:#f3f5f7}
main{background:#fff;max-width:30rem;margin:2rem auto;padding:2rem;border:1px solid #d5dbe1;border-radius:.5rem}
h1{font-size:1.5rem;line-height:1.3;margin:0 0 .5rem}p{margin:.25rem 0 1rem}.tenant{font-weight:600;color:#4a545e}
label{display:block;font-weight:600;margin-top:1rem}.hint{margin:.2rem 0 0;font-size:.9rem;color:#4a545e}
input{display:block;width:100%;font:inherit;padding:.7rem;margin-top:.3rem;border:1px solid #6b7680;border-radius:.3rem;background:#fff;color:inherit}
button{font:inherit;font-weight:600;margin-top:1.5rem;padding:.75rem 2rem;border:1px solid #16324f;border-radius:.3rem;background:#16324f;color:#fff}
.notice{padding:.75rem 1rem;border:2px solid;border-radius:.3rem}.good{border-color:#1b6e2d;background:#eef7f0}.bad{border-color:#a11b1b;background:#fcf0f0}
dt{font-weight:600;margin-top:1.2rem}dd{margin:0}code{font-size:.85rem;color:#4a545e;overflow-wrap:anywhere}
:focus-visible{outline:3px solid #0b4f9e;outline-offset:2px}`;
const STYLE_DIGEST = createHash('sha256').update(STYLE).digest('base64');

/** A page as the answer to a request. */
export type PageReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The page as an answer, with a policy that lets in nothing but its own style. No scripts. */
export function pageReply(page: Page): PageReply {
  const { language, tenant, title, intro, notice, points, form, terms, leadsTo } = page;
  const told =
    notice === undefined
      ? ''
      : `<p class="notice ${notice.tone}" role="${notice.tone === 'bad' ? 'alert' : 'status'}">${escapeHtml(notice.text)}</p>`;
  const html = `<!doctype html>
<html lang="${language}" dir="${scripts[language].direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${escapeHtml([title, tenant].filter(part => part !== '').join(' – '))}</title><style>${STYLE}</style></head>
<body><main><p class="tenant">${escapeHtml(tenant)}</p><h1>${escapeHtml(title)}</h1>${told}<p>${escapeHtml(intro)}</p>
${points === undefined ? '' : pointsHtml(points)}${form === undefined ? '' : formHtml(form)}${terms === undefined ? '' : termsHtml(terms)}</main></body></html>`;
  const targets = leadsTo === undefined ? "'self'" : `'self' ${leadsTo}`;
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; form-action ${targets}; base-uri 'none'; frame-ancestors 'none'`;
  const headers = {
    ...{ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
    ...{ 'content-language': language, vary: 'Accept-Language' },
  };
  return { status: page.status ?? 200, headers, body: html };
}

function pointsHtml({ title, items }: NonNullable<Page['points']>): string {
  const rows = items.map(({ text, code }) => {
    const named = code === undefined ? '' : ` <bdi><code>${escapeHtml(code)}</code></bdi>`;
    return `<li>${escapeHtml(text)}${named}</li>`;
  });
  return `<p id="points">${escapeHtml(title)}</p><ul aria-labelledby="points">${rows.join('')}</ul>`;
}

function termsHtml(terms: readonly PageTerm[]): string {
  const entries = terms.map(
    ({ anchor, term, meaning }) =>
      `<dt id="${escapeHtml(anchor)}">${escapeHtml(term)}</dt><dd>${escapeHtml(meaning)} <bdi><code>${escapeHtml(anchor)}</code></bdi></dd>`,
  );
  return `<dl>${entries.join('')}</dl>`;
}

function formHtml({ action, submit, hidden, fields }: PageForm): string {
  const kept = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `<form method="post" action="${escapeHtml(action)}">${kept.join('')}${fields.map(fieldHtml).join('')}<button type="submit">${escapeHtml(submit)}</button></form>`;
}

function fieldHtml({ name, label, type, autocomplete, required, hint }: PageField): string {
  const described = hint === undefined ? '' : ` aria-describedby="${name}-hint"`;
  const told = hint === undefined ? '' : `<p class="hint" id="${name}-hint">${escapeHtml(hint)}</p>`;
  return `<label for="${name}">${escapeHtml(label)}</label>${told}
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" maxlength="256"${required ? ' required' : ''}${described}>`;
}
