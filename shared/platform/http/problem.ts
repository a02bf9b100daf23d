import { AppError, type FieldError } from '../../kernel/index.ts';
import { formatMessage, type Language } from '../../kernel/languages/index.ts';
import type { ApiReply } from './endpoint.ts';
import { httpFault } from './faults.ts';

/** Title and detail of a fault in one language; the detail is an ICU message over the fault's data. */
export type Wording = readonly [title: string, detail: string];
export type Wordings = Readonly<Record<Language, Readonly<Record<string, Wording>>>>;

/** What is said of a rejected field, by its code: an ICU message over the data of the field's error. */
export type FieldWordings = Readonly<Record<Language, Readonly<Record<string, string>>>>;

export type ProblemContext = {
  readonly requestId: string;
  readonly path: string;
  readonly language: Language;
};

/**
 * A fault as an RFC 9457 problem. Anything that is not an AppError is a bug: the client gets
 * `platform.internal` and the request id, the log gets the rest.
 */
export function problemReply(
  error: unknown,
  { requestId, path, language }: ProblemContext,
  wordings: Wordings,
  fieldWordings: FieldWordings,
): ApiReply {
  const known = error instanceof AppError ? error : httpFault('platform.internal');
  const [title, detail] = wordings[language][known.code] ?? [known.code, ''];
  const { errors, allow, retryAfterSeconds, headers, ...data } = known.data;
  const body = {
    type: `/problems/${known.code}`,
    title,
    status: known.fault.status,
    detail: formatMessage(language, detail, told(known.data)),
    instance: path,
    code: known.code,
    requestId,
    retryable: known.fault.retry === 'later',
    ...(Array.isArray(errors)
      ? { errors: known.fields.map(field => worded(field, language, fieldWordings)) }
      : {}),
    ...(Object.keys(data).length > 0 && known.fault.status < 500 ? { data } : {}),
  };
  return {
    status: known.fault.status,
    headers: { ...headersOf(known, language, allow, retryAfterSeconds), ...(headers as object) },
    body,
  };
}

function worded(
  { pointer, code, data }: FieldError,
  language: Language,
  wordings: FieldWordings,
): Readonly<Record<'pointer' | 'code' | 'detail', string>> {
  const { [code]: text = code } = wordings[language];
  return { pointer, code, detail: formatMessage(language, text, data) };
}

function headersOf(
  known: AppError,
  language: Language,
  allow: unknown,
  retryAfterSeconds: unknown,
): Readonly<Record<string, string>> {
  const { status } = known.fault;
  return {
    'content-type': 'application/problem+json',
    'content-language': language,
    vary: 'Accept-Language',
    ...(status === 401 ? { 'www-authenticate': challengeOf(known.code) } : {}),
    ...(typeof allow === 'string' ? { allow } : {}),
    ...(status === 503 || typeof retryAfterSeconds === 'number'
      ? { 'retry-after': String(retryAfterSeconds ?? 5) }
      : {}),
  };
}

/** RFC 6750 section 3: no error code when the request carried no token. */
function challengeOf(code: string): string {
  if (code === 'platform.token_missing') return 'Bearer';
  // RFC 9470: a fresh proof is wanted, by any method, of at most ten minutes ago.
  if (code === 'platform.step_up_required')
    return 'Bearer error="insufficient_user_authentication", max_age="600"';
  return 'Bearer error="invalid_token"';
}

/** What of a fault's data a sentence can name: texts and numbers, and lists of them. */
function told(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const sayable = (value: unknown): boolean => typeof value !== 'object' && value !== undefined;
  return Object.fromEntries(
    Object.entries(data).filter(
      ([, value]) => sayable(value) || (Array.isArray(value) && value.every(sayable)),
    ),
  );
}
