import { createHash } from 'node:crypto';
import type { Tenant } from '../../platform/tenancy/index.ts';

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

/** What a visitor of the page asked for, and what was found. */
export type Visit =
  | { readonly what: 'ask'; readonly number: string }
  | { readonly what: 'unknown'; readonly number: string }
  | { readonly what: 'found'; readonly verification: Verification };

const STATUS_WORDS: Readonly<Record<Verification['status'], string>> = {
  issued: 'This certificate was issued by the laboratory and is valid.',
  superseded: 'This certificate was replaced by a newer one and is no longer valid.',
  revoked: 'This certificate was revoked by the laboratory and is not valid.',
};

/** The public page of a certificate with the policy that lets only its own style in. */
export function verificationPage(
  visit: Visit,
  tenant: Tenant,
): { readonly html: string; readonly policy: string } {
  const style = styleOf(tenant.branding.colour);
  const digest = createHash('sha256').update(style).digest('base64');
  const name = escaped(tenant.branding.legalName);
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Verify a certificate – ${name}</title><meta name="robots" content="noindex"><style>${style}</style></head>
<body><header><p>${name}</p></header><main>${bodyOf(visit)}</main></body></html>`;
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  return { html, policy };
}

function bodyOf(visit: Visit): string {
  if (visit.what === 'found') return foundBody(visit.verification);
  const refusal =
    visit.what === 'unknown'
      ? '<p role="alert" class="status bad">There is no certificate with this number and code.</p>'
      : '';
  return `<h1>Verify certificate ${escaped(visit.number)}</h1>${refusal}
<form method="get"><label for="code">Verification code, as printed on the certificate</label>
<input id="code" name="code" required maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false">
<button type="submit">Verify</button></form>`;
}

function foundBody(found: Verification): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Certificate number', found.number],
    ['Revision', String(found.revision)],
    ['Status', found.status],
    ['Date of issue', found.issuedOn],
    ['Issued by', found.laboratory],
    ['Replaced by', found.supersededBy],
    ['Revoked at', found.revokedAt],
    ['SHA-256 of the PDF', found.sha256],
  ];
  const rows = facts
    .filter((fact): fact is readonly [string, string] => fact[1] !== null)
    .map(([label, value]) => `<dt>${label}</dt><dd>${escaped(value)}</dd>`)
    .join('');
  const tone = found.status === 'issued' ? 'good' : 'bad';
  return `<h1>Certificate ${escaped(found.number)}</h1><p role="status" class="status ${tone}">${STATUS_WORDS[found.status]}</p><dl>${rows}</dl>`;
}

/** The tenant's colour is used for a line only: it need not be readable on white. */
function styleOf(colour: string): string {
  return `body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#fff}
header{border-bottom:.5rem solid ${colour};padding:1rem 1.5rem;font-weight:600}header p{margin:0}
main{max-width:44rem;margin:0 auto;padding:1.5rem}h1{font-size:1.5rem}
.status{padding:.75rem 1rem;border-left:.4rem solid}.good{border-color:#1b6e2d;background:#eef7f0}.bad{border-color:#a11b1b;background:#fbeeee}
dt{font-weight:600;margin-top:.75rem}dd{margin:0;overflow-wrap:anywhere}label{display:block}
input,button{font:inherit;padding:.5rem;margin:.5rem .5rem 0 0}input{width:16rem;max-width:100%}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
