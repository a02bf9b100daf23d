import { createHash } from 'node:crypto';
import { formatDay, type Language, nativeDigits, scripts } from '../../kernel/languages/index.ts';
import type { Tenant } from '../../platform/tenancy/index.ts';
import { imageUrl } from './documents/image-url.ts';
import { verificationStyle } from './verification-style.ts';
import { type PageWords, pageWords } from './verification-words.ts';

/** What anybody with number and code may know of a certificate. */
export type Verification = {
  readonly number: string;
  readonly revision: number;
  readonly status: 'issued' | 'superseded' | 'revoked';
  readonly issuedOn: string;
  readonly sha256: string;
  readonly laboratory: string;
  readonly supersededBy: string | null;
  readonly revokedAt: string | null;
};

/** What a visitor of the page typed, and what was found. */
export type Visit =
  | { readonly what: 'ask'; readonly number: string; readonly code: string }
  | { readonly what: 'unknown'; readonly number: string; readonly code: string }
  | { readonly what: 'found'; readonly verification: Verification };

type Status = {
  readonly tone: 'good' | 'bad';
  readonly sign: string;
  readonly word: string;
  readonly text: string;
};

/** What the page is made from beside what was found: whose it is, and the language that it is written in. */
type Frame = { readonly tenant: Tenant; readonly language: Language; readonly words: PageWords };

/** The public page of a certificate with the policy that lets only its own style and the laboratory's logo in. */
export function verificationPage(
  visit: Visit,
  tenant: Tenant,
  language: Language,
): { readonly html: string; readonly policy: string } {
  const frame: Frame = { tenant, language, words: pageWords[language] };
  const style = verificationStyle(tenant.branding.colour);
  const digest = createHash('sha256').update(style).digest('base64');
  const name = escaped(tenant.branding.legalName);
  const html = `<!doctype html>
<html lang="${language}" dir="${scripts[language].direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titleOf(visit, frame)} – ${name}</title><meta name="robots" content="noindex"><style>${style}</style></head>
<body><header><div>${logoOf(tenant)}<p>${name}</p></div></header><main>${bodyOf(visit, frame)}</main>${footerOf(tenant)}</body></html>`;
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  return { html, policy };
}

function titleOf(visit: Visit, { words }: Frame): string {
  return visit.what === 'found' ? `${words.certificate} ${escaped(visit.verification.number)}` : words.title;
}

function footerOf({ branding: { footer } }: Tenant): string {
  return footer === undefined ? '' : `<footer>${escaped(footer)}</footer>`;
}

/** Beside the name, so that it says nothing more to those who cannot see it. */
function logoOf({ branding: { logoSvg } }: Tenant): string {
  return logoSvg === undefined ? '' : `<img src="${escaped(imageUrl(logoSvg))}" alt="">`;
}

function bodyOf(visit: Visit, frame: Frame): string {
  if (visit.what === 'found') return foundBody(visit.verification, frame);
  const { words } = frame;
  const { number, code } = visit;
  const unknown = visit.what === 'unknown';
  const refusal = unknown
    ? `<div role="alert" id="refusal" class="status bad"><p class="word"><span aria-hidden="true">✕</span>${words.notFound}</p>
<p>${words.notFoundText}</p></div>`
    : '';
  return `<h1>${words.title}</h1>
<p>${words.invitation}</p>${refusal}
<form method="get" action="/verify">
${fieldOf({ id: 'number', label: words.number, value: number, more: 'placeholder="CAL-2026-00001"', unknown })}
${fieldOf({ id: 'code', label: words.code, value: code, more: 'placeholder="xxxx-xxxx-xxxx-xxxx"', unknown })}
<button type="submit">${words.verify}</button></form>`;
}

function fieldOf(field: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly more: string;
  readonly unknown: boolean;
}): string {
  const invalid = field.unknown ? ' aria-invalid="true" aria-describedby="refusal"' : '';
  return `<label for="${field.id}">${field.label}</label>
<input id="${field.id}" name="${field.id}" value="${escaped(field.value)}" dir="ltr" ${field.more} required maxlength="60" autocomplete="off" autocapitalize="off" spellcheck="false"${invalid}>`;
}

function foundBody(found: Verification, frame: Frame): string {
  const { words, language } = frame;
  const { tone, sign, word, text } = statusOf(found, frame);
  const facts: readonly (readonly [string, string])[] = [
    [words.number, asCode(found.number)],
    [words.revision, nativeDigits(language, String(found.revision))],
    [words.issuedOn, timeOf(found.issuedOn, 'UTC', language)],
    [words.issuedBy, escaped(found.laboratory)],
  ];
  const rows = facts.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join('');
  const genuine = words.genuineText
    .replace('{windows}', command('certutil -hashfile FILE SHA256'))
    .replace('{mac}', command('shasum -a 256 FILE'))
    .replace('{linux}', command('sha256sum FILE'));
  return `<h1>${words.certificate} <b>${asCode(found.number)}</b></h1>
<div role="status" class="status ${tone}"><p class="word"><span aria-hidden="true">${sign}</span>${word}</p><p>${text}</p></div>
<dl>${rows}</dl>
<h2>${words.genuine}</h2>
<p>${genuine}</p>
<p class="hash" dir="ltr">${escaped(found.sha256)}</p>
<p><a href="/verify">${words.another}</a></p>`;
}

/** Numbers of certificates read from left to right in every sentence. */
function asCode(text: string): string {
  return `<bdi>${escaped(text)}</bdi>`;
}

function command(text: string): string {
  return `<code dir="ltr">${text}</code>`;
}

function statusOf(found: Verification, frame: Frame): Status {
  const { words, tenant, language } = frame;
  switch (found.status) {
    case 'issued':
      return { tone: 'good', sign: '✓', word: words.valid, text: words.validText };
    case 'superseded':
      return {
        ...{ tone: 'bad', sign: '!', word: words.superseded },
        text: `${words.supersededText}${newerOf(found, words)}`,
      };
    case 'revoked':
      return {
        ...{ tone: 'bad', sign: '✕', word: words.revoked },
        text:
          found.revokedAt === null
            ? words.revokedText
            : words.revokedOnText.replace('{when}', timeOf(found.revokedAt, tenant.timeZone, language)),
      };
  }
}

/** The newer one has a code of its own, which only its print says. */
function newerOf({ supersededBy }: Verification, words: PageWords): string {
  if (supersededBy === null) return '';
  const address = `/verify?number=${encodeURIComponent(supersededBy)}`;
  const link = `<a href="${escaped(address)}">${escaped(supersededBy)}</a>`;
  return ` ${words.newer.replace('{newer}', () => link)}`;
}

/** A day as people read it where the laboratory is, in the calendar of the language. */
function timeOf(instant: string, timeZone: string, language: Language): string {
  const date = new Date(instant);
  const text =
    language === 'fa'
      ? formatDay(language, new Intl.DateTimeFormat('sv-SE', { timeZone }).format(date))
      : new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone }).format(date);
  return `<time datetime="${escaped(instant)}">${text}</time>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
