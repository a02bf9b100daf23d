import type { ParsedMail } from 'mailparser';

export type MailAttachment = {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
};

/** A message taken apart: its headers for people, its bodies and its attachments. */
export type MailMessage = {
  readonly headers: Readonly<Record<string, string>>;
  readonly subject: string;
  readonly text: string | undefined;
  /** Pictures that the message brings along are data URLs in it. */
  readonly html: string | undefined;
  readonly attachments: readonly MailAttachment[];
};

/** Takes a message (RFC 5322) apart. */
export async function parseMessage(raw: Buffer): Promise<MailMessage> {
  // Loaded with the first mail: it takes longer than the rest of the server together.
  const { simpleParser } = await import('mailparser');
  const mail = await simpleParser(raw, { skipTextToHtml: true, skipHtmlToText: true });
  return {
    headers: headersOf(mail),
    subject: mail.subject ?? '',
    text: mail.text || undefined,
    html: mail.html || undefined,
    attachments: mail.attachments
      .filter(attachment => attachment.related !== true)
      .map(({ filename, contentType, content }, index) => ({
        filename: filename ?? `attachment-${index + 1}`,
        contentType,
        content,
      })),
  };
}

function headersOf(mail: ParsedMail): Record<string, string> {
  const lines = { From: mail.from, To: mail.to, Cc: mail.cc, 'Reply-To': mail.replyTo };
  const text = (value: (typeof lines)['To']): string =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(one => one.text).join(', ');
  const all = {
    ...Object.fromEntries(Object.entries(lines).map(([name, value]) => [name, text(value)])),
    Date: mail.date?.toUTCString() ?? '',
    'Message-ID': mail.messageId ?? '',
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}
