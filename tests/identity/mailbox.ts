import { until } from '../../scripts/demo/expect.ts';
import { testStack } from '../stack.ts';

export type ReceivedMail = { readonly subject: string; readonly text: string; readonly html: string };

type Listed = { readonly id: string; readonly subject: string };

/** How long a mail may take from the request through job and SMTP on a busy machine. */
const PATIENCE = 60_000;

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(new URL(path, testStack().settings['MAIL_URL']));
  if (!answer.ok) throw new Error(`the mailbox answered ${answer.status} to ${path}`);
  return (await answer.json()) as T;
}

async function list(to: string): Promise<readonly Listed[]> {
  const { mails } = await ask<{ mails: readonly Listed[] }>(`/api/mails?to=${encodeURIComponent(to)}`);
  return mails;
}

/** The newest mail to an address whose subject fits, once there are `count` of them. */
export async function mailTo(to: string, subject: RegExp, count = 1): Promise<ReceivedMail> {
  const fitting = async () => (await list(to)).filter(mail => subject.test(mail.subject));
  const [newest] = await until(fitting, mails => mails.length >= count, PATIENCE, `mail ${subject} to ${to}`);
  return ask<ReceivedMail>(`/api/mails/${newest?.id}`);
}

/** How many mails with such a subject an address has. */
export async function countMails(to: string, subject: RegExp): Promise<number> {
  return (await list(to)).filter(mail => subject.test(mail.subject)).length;
}

/** The token in the link of a mail. */
export function tokenIn(mail: ReceivedMail): string {
  const token = /token=([\w.-]+)/.exec(mail.text)?.[1];
  if (token === undefined) throw new Error(`no token in ${mail.text}`);
  return token;
}
