/** Statuses that say "not now": a time-out, throttling, and whatever is wrong on the other side. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** What Node and the SDKs' pipeline say when no answer came at all. */
const NO_ANSWER =
  /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|REQUEST_SEND_ERROR|ERR_STREAM_PREMATURE_CLOSE|TimeoutError)/;
/** A token that cannot be had is an outage of the identity endpoint; the SDK hides the reason in its text. */
const NO_TOKEN = 'CredentialUnavailableError';

/**
 * Whether an error of an Azure SDK that speaks HTTP means that the service does not answer for a while, so that the
 * same call may succeed later. Everything else is a refusal or a bug.
 */
export function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { statusCode, code, name } = error as { statusCode?: unknown; code?: unknown; name?: unknown };
  if (typeof statusCode === 'number') return isPassing(statusCode);
  if (name === NO_TOKEN) return true;
  return typeof code === 'string' && NO_ANSWER.test(code);
}
