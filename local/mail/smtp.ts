import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { parseMessage } from './message.ts';
import type { MailStore } from './store.ts';

export type SmtpOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly user: string;
  readonly password: string;
  /** The only domain that mails may come from, as with a provider that has verified one. */
  readonly senderDomain: string;
};

export type SmtpServer = { readonly port: number; close(): Promise<void> };

/**
 * Limits of Azure Communication Services Email:
 * https://learn.microsoft.com/azure/communication-services/concepts/service-limits#size-limits-for-email
 */
const MOST_BYTES = 10_000_000;
const MOST_RECIPIENTS = 50;

/**
 * Accepts mails on 127.0.0.1 as a provider's submission endpoint does (RFC 6409): after STARTTLS and AUTH only, from
 * the one sender domain, and acknowledged once they are on disk.
 */
export async function startSmtp(options: SmtpOptions, store: MailStore): Promise<SmtpServer> {
  const server = new SMTPServer({
    name: 'localhost',
    banner: 'Touchstone local mail',
    cert: options.cert,
    key: options.key,
    authMethods: ['PLAIN', 'LOGIN'],
    hideENHANCEDSTATUSCODES: false,
    disableReverseLookup: true,
    size: MOST_BYTES,
    rejectOversized: true,
    maxRecipients: MOST_RECIPIENTS,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      const known = isSame(username ?? '', options.user) && isSame(password ?? '', options.password);
      if (known) done(null, { user: username });
      else done(refusal(535, 'Authentication unsuccessful'));
    },
    onMailFrom: ({ address }, _session, done) => {
      const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
      if (domain === options.senderDomain) done();
      else done(refusal(550, `The sender's domain is not verified; it must be ${options.senderDomain}`));
    },
    onData: (stream, session, done) => {
      receive(stream, session, store).then(
        id => done(null, id === undefined ? undefined : `Queued as ${id}`),
        (error: Error) => done(error),
      );
    },
  });
  server.on('error', error => process.stderr.write(`smtp: ${error.message}\n`));
  const listener = server.listen(options.port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port, // a TCP server has no other kind of address
    close: () => new Promise(resolve => server.close(resolve)),
  };
}

/** Keeps a mail; undefined for one that is too large, which is refused by the server itself. */
async function receive(
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
  store: MailStore,
): Promise<number | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(Buffer.from(chunk));
  if (stream.sizeExceeded) return undefined;
  const raw = Buffer.concat(chunks);
  const { subject } = await parseMessage(raw);
  return store.add({
    receivedAtMs: Date.now(),
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    subject,
    raw,
  });
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
