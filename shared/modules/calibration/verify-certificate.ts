import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import { languageOf, negotiateLanguage } from '../../kernel/languages/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { type ApiReply, defineEndpoint, ok } from '../../platform/http/index.ts';
import { recordFault } from '../../platform/records/index.ts';
import type { Tenant } from '../../platform/tenancy/index.ts';
import { certificateKind } from './certificate.ts';
import { isCode } from './certificate-code.ts';
import { localDay, tenantOf } from './local-day.ts';
import { type Verification, type Visit, verificationPage } from './verification-page.ts';

const params = z.strictObject({ number: z.string().min(1).max(40) });
const Code = z.string().min(1).max(40);

/**
 * Answers to number and code together, so that nobody learns which numbers exist. Certificates that are not issued
 * yet, or never were, are not there.
 */
async function verify(
  platform: Capabilities,
  caller: Caller,
  tenant: Tenant,
  number: string,
  code: string,
): Promise<Verification | undefined> {
  const records = platform.records.for(caller);
  const where = { number: number.toUpperCase() };
  const { items } = await records.list(certificateKind, { where, limit: 1 });
  const found = items[0]?.data;
  if (found === undefined || found.state === 'issuing' || found.state === 'withdrawn') return undefined;
  if (found.artifact === null || found.issuedAt === null) return undefined;
  if (!isCode(code, found.verificationCode)) return undefined;
  const next =
    found.supersededBy === null ? undefined : await records.get(certificateKind, found.supersededBy);
  return {
    number: found.number,
    revision: found.revision,
    status: found.state,
    issuedOn: localDay(new Date(found.issuedAt), tenant.timeZone),
    sha256: found.artifact.sha256,
    laboratory: tenant.branding.legalName,
    supersededBy: next?.data.number ?? null,
    revokedAt: found.revocation?.at ?? null,
  };
}

const verifyCertificate = defineEndpoint({
  id: 'calibration.certificate.verify_public',
  method: 'GET',
  path: '/public/certificates/:number',
  access: 'public',
  whileSuspended: true,
  summary: 'Whether a certificate is genuine and still valid, for whoever has its number and code.',
  params,
  query: z.strictObject({ code: Code }),
  example: { query: { code: '7k3f-92mq-h4xw-0dzp' } },
  replies: {
    200: {
      description: 'It is genuine; the status says whether it is valid.',
      schema: z.strictObject({
        number: z.string(),
        revision: z.number().int(),
        status: z.enum(['issued', 'superseded', 'revoked']),
        issuedOn: z.string(),
        sha256: z.string(),
        laboratory: z.string(),
        supersededBy: z.string().nullable(),
        revokedAt: z.string().nullable(),
      }),
    },
  },
  handle: async ({ caller, params: { number }, query }, platform) => {
    const tenant = await tenantOf(platform, caller);
    const verification = await verify(platform, caller, tenant, number, query.code);
    if (verification === undefined) throw recordFault('platform.not_found');
    return ok(verification);
  },
});

/** Long enough for whatever is mistyped; more is no certificate anyway. */
const Typed = z.string().max(200);
const pageReplies = {
  200: { description: 'The page.', mediaType: 'text/html' },
  404: { description: 'Number and code do not belong together.', mediaType: 'text/html' },
};

const askVerification = defineEndpoint({
  id: 'calibration.certificate.verify_form',
  method: 'GET',
  path: '//verify',
  access: 'public',
  whileSuspended: true,
  summary: 'A page where number and code of a certificate are typed; with both, what is known of it.',
  query: z.strictObject({ number: Typed.optional(), code: Typed.optional() }),
  example: { query: {} },
  replies: pageReplies,
  handle: async ({ caller, header, query: { number = '', code = '' } }, platform) =>
    showVisit(platform, caller, header('accept-language'), { number, code }),
});

const showVerification = defineEndpoint({
  id: 'calibration.certificate.verify_page',
  method: 'GET',
  path: '//verify/:number',
  access: 'public',
  whileSuspended: true,
  summary: 'The same page for one certificate, where its QR code leads.',
  params,
  query: z.strictObject({ code: Typed.optional() }),
  replies: pageReplies,
  handle: async ({ caller, header, params: { number }, query: { code = '' } }, platform) =>
    showVisit(platform, caller, header('accept-language'), { number, code }),
});

async function showVisit(
  platform: Capabilities,
  caller: Caller,
  asked: string | undefined,
  { number, code }: { readonly number: string; readonly code: string },
): Promise<ApiReply> {
  const tenant = await tenantOf(platform, caller);
  const language = negotiateLanguage(asked, languageOf(tenant.locale) ?? 'en');
  const visit = await visitOf(platform, caller, tenant, { number: number.trim(), code: code.trim() });
  const { html, policy } = verificationPage(visit, tenant, language);
  return {
    status: visit.what === 'unknown' ? 404 : 200,
    headers: {
      ...{ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
      ...{ 'content-language': language, vary: 'Accept-Language' },
    },
    body: html,
  };
}

async function visitOf(
  platform: Capabilities,
  caller: Caller,
  tenant: Tenant,
  typed: { readonly number: string; readonly code: string },
): Promise<Visit> {
  if (typed.number === '' || typed.code === '') return { what: 'ask', ...typed };
  const verification = await verify(platform, caller, tenant, typed.number, typed.code);
  return verification === undefined ? { what: 'unknown', ...typed } : { what: 'found', verification };
}

export const verificationRoutes = [verifyCertificate, askVerification, showVerification];
