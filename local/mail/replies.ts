/** What replies say, by their code: RFC 5321, section 4.2.3, and for authentication RFC 4954, section 6. */
const TEXTS: Readonly<Record<number, string>> = {
  421: 'Service not available, closing transmission channel',
  450: 'Requested mail action not taken: mailbox unavailable',
  451: 'Requested action aborted: local error in processing',
  452: 'Requested action not taken: insufficient system storage',
  454: 'Temporary authentication failure',
  530: 'Authentication required',
  535: 'Authentication unsuccessful',
  550: 'Requested action not taken: mailbox unavailable',
  552: 'Requested mail action aborted: exceeded storage allocation',
  553: 'Requested action not taken: mailbox name not allowed',
  554: 'Transaction failed',
};

/** A refusal with its reply code; without a reason of its own it says what replies of that code say. */
export function refusal(responseCode: number, message = TEXTS[responseCode] ?? 'Transaction failed'): Error {
  return Object.assign(new Error(message), { responseCode });
}
