import type { ApiReply } from './endpoint.ts';

/**
 * A problem as OAuth clients read it: the members of RFC 6749 section 5.2 beside our own, as plain JSON. Our codes end in
 * the name of the error where OAuth has one.
 */
export function oauthRefusal(problem: ApiReply): ApiReply {
  const { code = '', detail = '' } = problem.body as { code?: string; detail?: string }; // made by problemReply
  const named = /^platform\.oauth\.(\w+)$/.exec(code)?.[1];
  const error = named ?? nameOf(problem.status);
  const isBasic = named === 'invalid_client';
  const headers = {
    ...problem.headers,
    'content-type': 'application/json',
    ...(isBasic ? { 'www-authenticate': 'Basic realm="oauth"' } : {}),
  };
  return { ...problem, headers, body: { ...(problem.body as object), error, error_description: detail } };
}

function nameOf(status: number): string {
  if (status === 503 || status === 429) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}
