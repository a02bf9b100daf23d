import { createHash } from 'node:crypto';
import type { Tenant } from '../../platform/tenancy/index.ts';
import { imageUrl } from './documents/image-url.ts';
import { verificationStyle } from './verification-style.ts';

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

/** The public page of a certificate with the policy that lets only its own style and the laboratory's logo in. */
export function verificationPage(
  visit: Visit,
  tenant: Tenant,
): { readonly html: string; readonly policy: string } {
  const style = verificationStyle(tenant.branding.colour);
  const digest = createHash('sha256').update(style).digest('base64');
  const name = escaped(tenant.branding.legalName);
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titleOf(visit)} – ${name}</title><meta name="robots" content="noindex"><style>${style}</style></head>
<body><header><div>${logoOf(tenant)}<p>${name}</p></div></header><main>${bodyOf(visit, tenant)}</main>${footerOf(tenant)}</body></html>`;
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  return { html, policy };
}

function titleOf(visit: Visit): string {
  return visit.what === 'found'
    ? `Certificate ${escaped(visit.verification.number)}`
    : 'Verify a calibration certificate';
}

function footerOf({ branding: { footer } }: Tenant): string {
  return footer === undefined ? '' : `<footer>${escaped(footer)}</footer>`;
}

/** Beside the name, so that it says nothing more to those who cannot see it. */
function logoOf({ branding: { logoSvg } }: Tenant): string {
  return logoSvg === undefined ? '' : `<img src="${escaped(imageUrl(logoSvg))}" alt="">`;
}

function bodyOf(visit: Visit, tenant: Tenant): string {
  if (visit.what === 'found') return foundBody(visit.verification, tenant);
  const { number, code } = visit;
  const unknown = visit.what === 'unknown';
  const refusal = unknown
    ? `<div role="alert" id="refusal" class="status bad"><p class="word"><span aria-hidden="true">✕</span>Not found</p>
<p>There is no certificate with this number and this code. Please compare both with the print.</p></div>`
    : '';
  return `<h1>Verify a calibration certificate</h1>
<p>Number and verification code stand on the first page of the certificate.</p>${refusal}
<form method="get" action="/verify">
${fieldOf({ id: 'number', label: 'Certificate number', value: number, more: 'placeholder="CAL-2026-00001"', unknown })}
${fieldOf({ id: 'code', label: 'Verification code', value: code, more: 'placeholder="xxxx-xxxx-xxxx-xxxx"', unknown })}
<button type="submit">Verify</button></form>`;
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
<input id="${field.id}" name="${field.id}" value="${escaped(field.value)}" ${field.more} required maxlength="60" autocomplete="off" autocapitalize="off" spellcheck="false"${invalid}>`;
}

function foundBody(found: Verification, tenant: Tenant): string {
  const { tone, sign, word, text } = statusOf(found, tenant);
  const facts: readonly (readonly [string, string])[] = [
    ['Certificate number', escaped(found.number)],
    ['Revision', String(found.revision)],
    ['Date of issue', timeOf(found.issuedOn, 'UTC')],
    ['Issued by', escaped(found.laboratory)],
  ];
  const rows = facts.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join('');
  return `<h1>Certificate <b>${escaped(found.number)}</b></h1>
<div role="status" class="status ${tone}"><p class="word"><span aria-hidden="true">${sign}</span>${word}</p><p>${text}</p></div>
<dl>${rows}</dl>
<h2>Is your PDF file the genuine one?</h2>
<p>It is when its SHA-256 is the one below; compute it with <code>certutil -hashfile FILE SHA256</code> on Windows, <code>shasum -a 256 FILE</code> on macOS or <code>sha256sum FILE</code> on Linux.</p>
<p class="hash">${escaped(found.sha256)}</p>
<p><a href="/verify">Verify another certificate</a></p>`;
}

function statusOf(found: Verification, tenant: Tenant): Status {
  switch (found.status) {
    case 'issued':
      return {
        ...{ tone: 'good', sign: '✓', word: 'Valid' },
        text: 'This certificate was issued by the laboratory and is valid.',
      };
    case 'superseded':
      return {
        ...{ tone: 'bad', sign: '!', word: 'Superseded' },
        text: `This certificate was replaced by a newer one and is no longer valid.${newerOf(found)}`,
      };
    case 'revoked': {
      const when = found.revokedAt === null ? '' : ` on ${timeOf(found.revokedAt, tenant.timeZone)}`;
      return {
        ...{ tone: 'bad', sign: '✕', word: 'Revoked' },
        text: `This certificate was revoked by the laboratory${when} and is not valid.`,
      };
    }
  }
}

/** The newer one has a code of its own, which only its print says. */
function newerOf({ supersededBy }: Verification): string {
  if (supersededBy === null) return '';
  const address = `/verify?number=${encodeURIComponent(supersededBy)}`;
  return ` The newer one is <a href="${escaped(address)}">${escaped(supersededBy)}</a>.`;
}

/** A day as people read it where the laboratory is. */
function timeOf(instant: string, timeZone: string): string {
  const text = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone }).format(new Date(instant));
  return `<time datetime="${escaped(instant)}">${text}</time>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
