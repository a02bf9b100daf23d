import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Attempt } from './delivery-log.ts';
import { assertReachable, type OutboundRules } from './outbound.ts';

/** `targets.md`: a webhook has 15 seconds. */
const TIMEOUT_MILLISECONDS = 15_000;

export type WebhookPost = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** One POST to the resolved address. Redirects are not followed, the answer's body is not read. Never throws. */
export async function postWebhook(
  post: WebhookPost,
  rules: OutboundRules,
  now: () => Date,
): Promise<Attempt> {
  const at = now().toISOString();
  const started = performance.now();
  const outcome = await send(post, rules).catch((error: unknown) => ({
    status: null,
    error: reasonOf(error),
  }));
  return { at, milliseconds: Math.round(performance.now() - started), ...outcome };
}

async function send(
  post: WebhookPost,
  rules: OutboundRules,
): Promise<{ status: number; error: string | null }> {
  const url = new URL(post.url);
  const { address, family } = await assertReachable(url, rules);
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        headers: { ...post.headers, 'content-length': Buffer.byteLength(post.body) },
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        lookup: (_host, options, answer) =>
          options.all === true ? answer(null, [{ address, family }]) : answer(null, address, family),
      },
      response => {
        response.destroy();
        const status = response.statusCode ?? 0;
        resolve({ status, error: status >= 200 && status < 300 ? null : `status ${status}` });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(post.body);
  });
}

function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'error');
}
