import type { SentMessageInfo, Transporter } from 'nodemailer';
import { defineFaults } from '../../kernel/index.ts';

export const mailFault = defineFaults({
  'platform.mail_unavailable': { status: 503, retry: 'later' },
  'platform.mail_refused': { status: 422, retry: 'never' },
});

/** One mail to one person, as text and as HTML. */
export type Mail = {
  /** Makes the Message-ID, so that a mail sent twice can be told by who receives it. */
  readonly id: string;
  readonly senderName: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** Sends mail; only where SMTP is set up. */
export type Mailer = { send(mail: Mail): Promise<void> };

export type SmtpOptions = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The address that everything is sent from. */
  readonly from: string;
};

const TIMEOUT_MILLISECONDS = 20_000;
const MOST_CONNECTIONS = 3;

/**
 * Mail by SMTP submission (RFC 6409), over TLS always. The library is loaded by the first mail. A refusal for good
 * (5xx) is `platform.mail_refused`, everything else is worth another try.
 */
export function openMailer(options: SmtpOptions | undefined): Mailer {
  let opened: Promise<Transporter<SentMessageInfo>> | undefined;
  return {
    send: async mail => {
      if (options === undefined) throw mailFault('platform.mail_unavailable');
      opened ??= openTransport(options);
      const { from } = options;
      const transport = await opened;
      try {
        await transport.sendMail({
          from: { name: mail.senderName, address: from },
          to: mail.to,
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: `<${mail.id}@${from.split('@')[1] ?? 'localhost'}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } catch (error) {
        throw isRefusal(error)
          ? mailFault('platform.mail_refused', {}, error)
          : mailFault('platform.mail_unavailable', {}, error);
      }
    },
  };
}

async function openTransport(options: SmtpOptions): Promise<Transporter<SentMessageInfo>> {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host: options.host,
    port: options.port,
    secure: options.port === 465,
    requireTLS: true,
    auth: { user: options.user, pass: options.password },
    pool: true,
    maxConnections: MOST_CONNECTIONS,
    connectionTimeout: TIMEOUT_MILLISECONDS,
    greetingTimeout: TIMEOUT_MILLISECONDS,
    socketTimeout: TIMEOUT_MILLISECONDS,
  });
}

/** RFC 5321 section 4.2.1: 5yz is for good. What is wrong with our own login (RFC 4954) is mended by us. */
function isRefusal(error: unknown): boolean {
  const { responseCode = 0, code = '' } = error as { responseCode?: number; code?: string };
  return (
    responseCode >= 500 &&
    responseCode < 600 &&
    code !== 'EAUTH' &&
    responseCode !== 530 &&
    responseCode !== 538
  );
}
