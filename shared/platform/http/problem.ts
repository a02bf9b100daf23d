import { AppError } from '../../kernel/index.ts';
import type { ApiReply } from './endpoint.ts';
import { httpFault } from './faults.ts';

/** Title and detail of a fault in one language; `{name}` in a detail stands for the fault's data. */
export type Wording = readonly [title: string, detail: string];
export type Wordings = Readonly<Record<string, Wording>>;

/**
 * A fault as an RFC 9457 problem. Anything that is not an AppError is a bug: the client gets
 * `platform.internal` and the request id, the log gets the rest.
 */
export function problemReply(error: unknown, requestId: string, path: string, wordings: Wordings): ApiReply {
  const known = error instanceof AppError ? error : httpFault('platform.internal');
  const [title, detail] = wordings[known.code] ?? [known.code, ''];
  const { errors, allow, retryAfterSeconds, ...data } = known.data;
  const body = {
    type: `/problems/${known.code}`,
    title,
    status: known.fault.status,
    detail: filled(detail, known.data),
    instance: path,
    code: known.code,
    requestId,
    retryable: known.fault.retry === 'later',
    ...(Array.isArray(errors) ? { errors } : {}),
    ...(Object.keys(data).length > 0 && known.fault.status < 500 ? { data } : {}),
  };
  return { status: known.fault.status, headers: headersOf(known, allow, retryAfterSeconds), body };
}

function headersOf(
  known: AppError,
  allow: unknown,
  retryAfterSeconds: unknown,
): Readonly<Record<string, string>> {
  const { status } = known.fault;
  return {
    'content-type': 'application/problem+json',
    ...(status === 401 ? { 'www-authenticate': challengeOf(known.code) } : {}),
    ...(typeof allow === 'string' ? { allow } : {}),
    ...(status === 503 || typeof retryAfterSeconds === 'number'
      ? { 'retry-after': String(retryAfterSeconds ?? 5) }
      : {}),
  };
}

/** RFC 6750 section 3: no error code when the request carried no token. */
function challengeOf(code: string): string {
  return code === 'platform.token_missing' ? 'Bearer' : 'Bearer error="invalid_token"';
}

function filled(template: string, data: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = data[name];
    return value === undefined || value === null || typeof value === 'object' ? whole : String(value);
  });
}
