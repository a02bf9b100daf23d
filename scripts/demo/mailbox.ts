import { openClient } from './client.ts';
import { until } from './expect.ts';

type Listed = { readonly id: string; readonly subject: string };
const PATIENCE = 60_000;

async function ask<T>(mailUrl: string, path: string): Promise<T> {
  const { status, body } = await openClient(mailUrl)
    .get(path)
    .catch(error => {
      throw new Error(`the mail server's page does not answer at ${mailUrl} (--mail tells another one)`, {
        cause: error,
      });
    });
  if (status !== 200) throw new Error(`the mail server's page answered ${status} to ${path}`);
  return body;
}

/** The newest mail to an address on the local mail server's page, once there is one. */
export async function awaitMail(
  mailUrl: string,
  to: string,
): Promise<{ readonly subject: string; readonly text: string }> {
  const list = async () => {
    const { mails } = await ask<{ mails: readonly Listed[] }>(
      mailUrl,
      `/api/mails?to=${encodeURIComponent(to)}`,
    );
    return mails;
  };
  const [newest] = await until(list, mails => mails.length > 0, PATIENCE, `a mail to ${to}`);
  return ask(mailUrl, `/api/mails/${newest?.id}`);
}

/** The link of a mail, and the token in it. */
export function linkIn(text: string): { readonly url: URL; readonly token: string } {
  const [link = ''] = /https?:\/\/\S+token=[\w.-]+/.exec(text) ?? [];
  if (link === '') throw new Error('the mail has no link');
  const url = new URL(link);
  return { url, token: url.searchParams.get('token') ?? '' };
}
